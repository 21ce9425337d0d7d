// SPDX-License-Identifier: MPL-2.0

package template

import (
	"path/filepath"
	"testing"

	"github.com/powervs-aix/packer-plugin-rsct/internal/lint/files"
)

// Whatever stands in a template: reading it ends, does not crash, and every place that
// it names is in a file that was read.
func fuzzTemplate(f *testing.F, name string, seeds ...string) {
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	folder := f.TempDir()
	path := filepath.Join(folder, name)
	f.Fuzz(func(t *testing.T, content []byte) {
		reader := files.NewReader()
		reader.Add(path, content)
		read, err := ReadFiles(reader, path, []string{path}, Options{})
		if err != nil {
			return
		}
		for _, p := range read.Problems {
			if p.What == "" || p.Detail == "" || p.Place.Line < 1 {
				t.Errorf("a problem without what, detail or line: %+v", p)
			}
		}
		for _, run := range read.Runs {
			if run.Script != nil {
				index := run.Script.Text.Index()
				for _, at := range [][2]int{{1, 1}, {2, 3}, {1 << 20, 1 << 20}} {
					if place := index.At(at[0], at[1]); len(run.Script.Text) > 0 && place.Line < 1 {
						t.Errorf("no line for %v in %q", at, run.Script.Text.String())
					}
				}
			}
		}
	})
}

func FuzzHCL(f *testing.F) {
	fuzzTemplate(f, "a.pkr.hcl", `
variable "a" {
  type    = list(string)
  default = ["x"]
}
locals { b = concat(var.a, [local.c]), c = "${path.root}/x" }
source "null" "aix" {}
build {
  sources = ["source.null.aix"]
  dynamic "provisioner" {
    for_each = var.a
    labels   = ["shell"]
    content {
      inline = [provisioner.value, <<-E
        one ${local.c}
          two
        E
      ]
    }
  }
  provisioner "file" {
    content     = "a\tb"
    destination = "/tmp/"
  }
  post-processors {
    post-processor "shell-local" { inline = [var.d] }
    post-processor "rsct-attest" { image { name = "x" } }
  }
}
`, `locals { a = local.b, b = local.a }`, `build { sources = "x" }`, `build { provisioner { } }`)
}

func FuzzJSON(f *testing.F) {
	fuzzTemplate(f, "a.pkr.json", `{"variable": {"a": {"default": "x"}}, "source": {"null": {"aix": {}}},
  "build": [{"sources": ["source.null.aix"], "provisioner": [{"shell": {"inline": ["a ${var.a}", "b\n\u00e9"]}}]}]}`,
		`{"build": {"provisioner": {"shell": {"inline": "${local.x}", "override": {"aix": {"inline": []}}}}}}`, `{"locals": {"a": "${local.a}"}}`)
}
