// SPDX-License-Identifier: MPL-2.0

package attest

import (
	"fmt"
	"path/filepath"
	"sync"

	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"
)

// sayFrom is the size of a file from which progress is worth a line, in bytes.
const sayFrom = 1 << 30

// progress says every tenth of a large file once.
type progress struct {
	ui   packersdk.Ui
	mu   sync.Mutex
	said map[string]int64
}

func newProgress(ui packersdk.Ui) *progress { return &progress{ui: ui, said: map[string]int64{}} }

func (p *progress) tell(path string, done, total int64) {
	if total < sayFrom {
		return
	}
	tenth := done * 10 / total
	p.mu.Lock()
	defer p.mu.Unlock()
	if tenth > p.said[path] {
		p.said[path] = tenth
		p.ui.Say(fmt.Sprintf("Digesting %s: %d%% of %d MiB", filepath.Base(path), tenth*10, total>>20))
	}
}
