// SPDX-License-Identifier: MPL-2.0

package report

import (
	"fmt"
	"html"
	"html/template"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// maxDrawn bounds the interfaces in the drawing; the table has them all.
const maxDrawn = 5

// drawing is an inline SVG under way. Colours come from the page's style sheet by
// class, so that the drawing follows light, dark and print; every text is escaped.
type drawing struct{ strings.Builder }

func (d *drawing) add(format string, args ...any) { fmt.Fprintf(d, format, args...) }

// text draws one line, cut so that it stays inside its box.
func (d *drawing) text(x, y int, class, s string, most int) {
	d.add(`<text x="%d" y="%d" class="%s">%s</text>`, x, y, class, svgText(s, most))
}

func (d *drawing) box(x, y, w, h int, class string) {
	d.add(`<rect x="%d" y="%d" width="%d" height="%d" rx="8" class="%s"/>`, x, y, w, h, class)
}

func (d *drawing) line(x1, y1, x2, y2 int, class string) {
	d.add(`<line x1="%d" y1="%d" x2="%d" y2="%d" class="%s"/>`, x1, y1, x2, y2, class)
}

// mark draws a status as a disc with its glyph.
func (d *drawing) mark(x, y int, status string) {
	d.add(`<circle cx="%d" cy="%d" r="11" class="disc s-%s"/>`, x, y, statusClass(status))
	d.add(`<text x="%d" y="%d" class="glyph">%s</text>`, x, y+5, glyph(status))
}

func svgText(s string, most int) string {
	runes := []rune(oneLine(s))
	if len(runes) > most {
		runes = append(runes[:most-1], '…')
	}
	return html.EscapeString(string(runes))
}

// drawPath draws the VM with its interfaces, and RMC's path out of it to the
// management system, broken where it is broken. It is 400 units wide, so that it can be
// read on a phone; the list beside it says the same in words.
func drawPath(in Input, p rmcPath, rows []interfaceRow) template.HTML {
	const (
		rail = 52 // the x of RMC's path
		left = 20
		wide = 360
	)
	facts := in.Result.Facts
	d := &drawing{}
	var others []interfaceRow
	var own *interfaceRow
	for i := range rows {
		if rows[i].Management {
			own = &rows[i]
		} else {
			others = append(others, rows[i])
		}
	}
	more := len(others) - maxDrawn
	if more > 0 {
		others = others[:maxDrawn]
	}

	y := 58
	daemonTop := y
	y += 52 + 22
	otherTop := y
	y += len(others) * 38
	if more > 0 {
		y += 24
	}
	y += 8
	ownTop := y
	ownHigh := 82
	vmBottom := ownTop + ownHigh + 16
	consoleTop := vmBottom + 92
	height := consoleTop + 74

	d.box(4, 4, 392, vmBottom-4, "vm")
	name := "VM"
	if host, known := facts.System.Hostname.Get(); known {
		name = "VM " + host
	}
	d.text(left, 30, "t-strong", name, 26)
	if level, known := facts.System.Level.Get(); known {
		d.add(`<text x="%d" y="30" class="t-soft end">AIX %s</text>`, left+wide, svgText(level.Text, 18))
	}

	// The path below the boxes: daemon to interface, interface to the world.
	inside := worst(p.Daemon.Status, p.Interface.Status)
	d.line(rail, daemonTop+52, rail, ownTop, "path s-"+statusClass(inside))
	outside := worst(p.Daemon.Status, p.Interface.Status, p.Address.Status, p.Filter.Status, p.Console.Status)
	d.line(rail, ownTop+ownHigh, rail, consoleTop, "path s-"+statusClass(outside))

	d.box(left, daemonTop, wide, 52, "box s-"+statusClass(p.Daemon.Status))
	d.mark(left+wide-22, daemonTop+26, p.Daemon.Status)
	d.text(left+16, daemonTop+22, "t-strong", "RMC daemon", 40)
	d.text(left+16, daemonTop+41, "t-soft", p.Daemon.Words, 44)

	for i, o := range others {
		top := otherTop + i*38
		d.box(left+64, top, wide-64, 31, "box plain")
		address := "no address"
		if len(o.IPv4) > 0 {
			address = o.IPv4[0]
		} else if len(o.IPv6) > 0 {
			address = o.IPv6[0]
		}
		d.text(left+76, top+20, "t-strong", o.Name, 7)
		d.text(left+130, top+20, "t-soft", address, 30)
		d.add(`<text x="%d" y="%d" class="t-soft end">%s</text>`, left+wide-10, top+20, svgText(shortState(o.State), 10))
	}
	if more > 0 {
		d.text(left+76, otherTop+len(others)*38+14, "t-soft", "and "+count(more, "more interface", "more interfaces"), 40)
	}

	status := worst(p.Interface.Status, p.Address.Status)
	d.box(left, ownTop, wide, ownHigh, "box s-"+statusClass(status))
	d.mark(left+wide-22, ownTop+26, status)
	title, address, adapter := "No management interface", p.Interface.Words, ""
	if own != nil {
		title, address = own.Name+" – management interface", p.Address.Words
		adapter = "MAC " + own.MAC + ", " + own.State
		if value, known := facts.Management.Address.Get(); known && value != "" {
			length, _ := facts.Management.PrefixLength.Get()
			address = fmt.Sprintf("%s/%d", value, length)
		}
	} else if p.Interface.Status == policy.Undetermined {
		title = "Management interface"
	}
	d.text(left+16, ownTop+24, "t-strong", title, 36)
	d.text(left+16, ownTop+46, "t-mono", address, 42)
	d.text(left+16, ownTop+67, "t-soft", adapter, 44)

	gap := vmBottom + (consoleTop-vmBottom)/2
	d.mark(rail, gap, outside)
	label, under := "The path is whole", "over the hypervisor's virtual switch"
	switch outside {
	case policy.Fail:
		label, under = "Broken", firstBroken(p)
	case policy.Undetermined:
		label, under = "Not known to be whole", firstOf(p, policy.Undetermined)
	}
	d.text(rail+24, gap-4, "t-strong", label, 34)
	d.text(rail+24, gap+15, "t-soft", under, 42)

	d.box(left, consoleTop, wide, 60, "box s-"+statusClass(p.Console.Status))
	d.mark(left+wide-22, consoleTop+30, p.Console.Status)
	d.text(left+16, consoleTop+25, "t-strong", "Management system", 36)
	d.text(left+16, consoleTop+46, "t-soft", p.Console.Words, 44)

	return svg("drawing", 400, height, "The VM's interfaces and RMC's path to the management system",
		"RMC's path from the daemon over the management interface to the management system is "+pathWord(outside)+". The list beside the drawing says it in words.", d.String())
}

func pathWord(status string) string {
	switch status {
	case policy.Pass:
		return "whole"
	case policy.Fail:
		return "broken"
	}
	return "not known to be whole"
}

func firstBroken(p rmcPath) string { return firstOf(p, policy.Fail) }

// shortState is an interface's state where there is little room.
func shortState(state string) string {
	if state == notInKernel {
		return "not there"
	}
	return state
}

// firstOf is the first station of the path in that status, in words.
func firstOf(p rmcPath, status string) string {
	for _, s := range []station{p.Daemon, p.Interface, p.Address, p.Filter, p.Console} {
		if s.Status == status {
			if s.Title == p.Console.Title {
				return s.Words // beside the management system's own box
			}
			return s.Title + ": " + s.Words
		}
	}
	return ""
}

// svg wraps shapes as an image with a name and a description for those who do not see it.
func svg(id string, width, height int, title, description, shapes string) template.HTML {
	return template.HTML(fmt.Sprintf( //nolint:gosec // every text in shapes is escaped by svgText
		`<svg class="%s" viewBox="0 0 %d %d" role="img" aria-labelledby="%s-title %s-text"><title id="%s-title">%s</title><desc id="%s-text">%s</desc>%s</svg>`,
		id, width, height, id, id, id, html.EscapeString(title), id, html.EscapeString(description), shapes))
}

// drawLevels draws RSCT's levels on a line with the minimum and the recommended
// level. Each stretch between them is drawn equally long, since the numbers in
// between mean nothing by themselves.
func drawLevels(l levels) template.HTML {
	const left, minimum, recommended, right = 14, 150, 270, 386
	if l.Minimum == "" || l.Recommended == "" {
		return ""
	}
	low, errLow := aix.ParseLevel(l.Minimum)
	high, errHigh := aix.ParseLevel(l.Recommended)
	if errLow != nil || errHigh != nil || high.Compare(low) <= 0 {
		return ""
	}
	at := func(text string) (int, bool) {
		level, err := aix.ParseLevel(text)
		if err != nil {
			return 0, false
		}
		switch {
		case level.Compare(low) < 0:
			return (left + minimum) / 2, true
		case level.Compare(low) == 0:
			return minimum, true
		case level.Compare(high) < 0:
			return (minimum + recommended) / 2, true
		case level.Compare(high) == 0:
			return recommended, true
		}
		return (recommended + right) / 2, true
	}
	d := &drawing{}
	const axis = 74
	for _, zone := range []struct {
		from, to int
		class    string
		label    string
	}{
		{left, minimum, "fail", "too old"}, {minimum, recommended, "waived", "supported"}, {recommended, right, "pass", "recommended"},
	} {
		d.add(`<rect x="%d" y="%d" width="%d" height="14" class="zone s-%s"/>`, zone.from, axis-7, zone.to-zone.from, zone.class)
		d.add(`<text x="%d" y="%d" class="t-soft middle">%s</text>`, (zone.from+zone.to)/2, axis+26, zone.label)
	}
	for _, tick := range []struct {
		x           int
		level, word string
	}{{minimum, l.Minimum, "minimum"}, {recommended, l.Recommended, "recommended"}} {
		d.line(tick.x, axis-13, tick.x, axis+13, "tick")
		d.add(`<text x="%d" y="%d" class="t-mono middle">%s</text>`, tick.x, axis+46, svgText(tick.level, 14))
		d.add(`<text x="%d" y="%d" class="t-soft middle">%s</text>`, tick.x, axis+63, tick.word)
	}
	seen := map[int]bool{}
	for _, other := range l.Others {
		if x, ok := at(other); ok && !seen[x] {
			seen[x] = true
			d.add(`<circle cx="%d" cy="%d" r="4" class="dot"/>`, x, axis)
		}
	}
	words := rmcFileset + " is not on the line"
	if x, ok := at(l.Have); ok && l.Have != "" {
		d.add(`<path d="M%d %d l-8 -14 h16 z" class="pin s-%s"/>`, x, axis-9, statusClass(l.Status))
		d.add(`<text x="%d" y="%d" class="t-strong middle">%s</text>`, x, axis-48, rmcFileset)
		d.add(`<text x="%d" y="%d" class="t-mono middle">%s</text>`, x, axis-30, svgText(l.Have, 16))
		words = l.Words
	}
	return svg("levels", 400, axis+72, "RSCT's level between the minimum and the recommended level", words, d.String())
}
