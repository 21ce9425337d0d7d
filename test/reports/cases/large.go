// SPDX-License-Identifier: MPL-2.0

package cases

import (
	"context"
	"fmt"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
	"github.com/powervs-aix/packer-plugin-rsct/internal/report"
)

// Large is the broken build's input with as many filesets and interfaces in its facts.
func Large(ctx context.Context, filesets, interfaces int) (report.Input, error) {
	in, err := Input(ctx, "broken", ".")
	if err != nil {
		return report.Input{}, err
	}
	facts := *in.Result.Facts
	list, _ := facts.Filesets.Get()
	list = append([]aix.Fileset{}, list...)
	for i := len(list); i < filesets; i++ {
		list = append(list, aix.Fileset{Name: fmt.Sprintf("site.application.part%04d", i), Level: "1.2.3.4", State: "committed", Kind: "base", Parts: aix.Known([]aix.FilesetPart{})})
	}
	facts.Filesets = aix.Known(list)
	links, _ := facts.Interfaces.Get()
	links = append([]aix.Interface{}, links...)
	for i := len(links); i < interfaces; i++ {
		links = append(links, aix.Interface{
			Name:       fmt.Sprintf("en%d", i),
			Running:    aix.Known(aix.Running{Present: true, Up: true, IPv4: []aix.IPv4Address{{Address: fmt.Sprintf("10.1.%d.5", i), Netmask: "255.255.255.0"}}}),
			Configured: aix.Known(aix.Configured{Defined: true, State: "up", NetAddr: fmt.Sprintf("10.1.%d.5", i)}),
			Adapter:    aix.Known(aix.Adapter{Name: fmt.Sprintf("ent%d", i), MAC: fmt.Sprintf("fa:16:3e:00:00:%02x", i)}),
			LinkLocal:  aix.Known(false), MatchesMAC: aix.Known(false),
		})
	}
	facts.Interfaces = aix.Known(links)
	result := *in.Result
	result.Facts = &facts
	in.Result = &result
	return in, nil
}
