// SPDX-License-Identifier: MPL-2.0

package report

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/powervs-aix/packer-plugin-rsct/internal/verdict"
)

// Schema names the shape of report.json.
const Schema = "packer-plugin-rsct/report/v1"

// JSON renders a result for programs. The same result gives the same bytes.
func JSON(r *verdict.Result) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	document := struct {
		Schema string `json:"schema"`
		*verdict.Result
	}{Schema, r}
	if err := encoder.Encode(document); err != nil {
		return nil, fmt.Errorf("render json: %w", err)
	}
	return out.Bytes(), nil
}
