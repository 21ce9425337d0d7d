// SPDX-License-Identifier: MPL-2.0

package rsct

import (
	"fmt"
	"log"
	"strings"
	"sync"
	"time"

	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
	"github.com/powervs-aix/packer-plugin-rsct/internal/report"
)

// sayEvery is how often a collection that takes long says how far it is: often enough
// to tell it from one that hangs, and never in one that is quick.
const sayEvery = 10 * time.Second

// progress follows what the collector says: the probe that it runs now.
type progress struct {
	ui   packersdk.Ui
	now  func() time.Time
	mu   sync.Mutex
	done int
	said time.Time
}

func newProgress(ui packersdk.Ui, now func() time.Time) *progress {
	return &progress{ui: ui, now: now}
}

// tell takes one line of the collector's stderr. It is called from the communicator's
// own goroutine. A guest's text is shown inert.
func (p *progress) tell(line string) {
	log.Printf("[DEBUG] rsct: %q", line)
	probe, ok := strings.CutPrefix(strings.TrimSpace(line), "collecting ")
	if !ok {
		return
	}
	name, command, _ := strings.Cut(probe, ": ")
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	p.done++
	if name == aix.Probes[0] {
		p.done, p.said = 1, now
	}
	if now.Sub(p.said) < sayEvery {
		return
	}
	p.said = now
	p.ui.Say(fmt.Sprintf("Collecting, probe %d of %d: %s", p.done, len(aix.Probes), report.Inert(command)))
}
