// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"reflect"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
)

// GuestFacts are what the root `guest` shows.
type GuestFacts = aix.Facts

// ImageFacts are what the root `image` shows.
type ImageFacts struct {
	Name string `json:"name"`
}

var imageType = reflect.TypeFor[ImageFacts]()
