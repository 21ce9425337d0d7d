// SPDX-License-Identifier: MPL-2.0

package hazard

import (
	"regexp"
	"strings"

	"github.com/powervs-aix/packer-plugin-rsct/internal/policy"
)

// altDisk is the family that makes another root volume group. Without -B each of
// them points the boot list at it.
func altDisk(c *policy.Command) {
	if option(c, "h") || option(c, "p") && c.Name == "alt_disk_copy" && c.Options["p"] == "" {
		return
	}
	target := strings.ReplaceAll(c.Options["d"], "\n", " ")
	if c.Name == "alt_disk_install" {
		if option(c, "XqvSW") || option(c, "P") && strings.TrimSpace(c.Options["P"]) == "" {
			return
		}
		if image := c.Options["d"]; image != "" && !option(c, "C") {
			mark(c, RestoresMksysb, image)
		}
		target = strings.Join(c.Operands, " ")
	}
	if c.Name == "alt_disk_mksysb" {
		mark(c, RestoresMksysb, c.Options["m"])
	}
	if !option(c, "B") {
		mark(c, BootsAnotherVolume, target)
	}
}

var source = regexp.MustCompile(`(?:^|\n)\s*source=(\S+)`)

// nim looks at operations that install the machine they name. A master's operations
// on other machines do the same to these, so only nimclient's are about this guest.
func nim(c *policy.Command) {
	if c.Name != "nimclient" {
		return
	}
	switch c.Options["o"] {
	case "bos_inst", "alt_disk_install":
		if match := source.FindStringSubmatch(c.Options["a"]); match != nil && match[1] == "mksysb" {
			mark(c, RestoresMksysb, "mksysb")
			return
		}
		mark(c, BootsAnotherVolume, c.Options["o"])
	}
}

var bootAttribute = regexp.MustCompile(`^(?:blv|pathid|speed|duplex|bserver|gateway|client|hardware|filename)=`)
var bootsRootvg = regexp.MustCompile(`rootvg|bootinfo|BOOT_DEVICE|bootlist`)

func bootlist(c *policy.Command) {
	if option(c, "o") && !option(c, "i") && len(c.Operands) == 0 && c.Options["f"] == "" {
		return
	}
	if c.Options["m"] == "service" {
		return // what service mode boots from
	}
	if option(c, "i") {
		mark(c, ChangesBootList, c.Options["m"])
		return
	}
	var devices []string
	for _, name := range c.Operands {
		if bootAttribute.MatchString(name) {
			continue
		}
		devices = append(devices, name)
	}
	for _, name := range devices {
		if whole(c, name) || !bootsRootvg.MatchString(name) {
			mark(c, ChangesBootList, strings.Join(devices, " "))
			return
		}
	}
}

// bosboot writes a boot image; on a disk that rootvg is not on that makes another
// disk bootable.
func bosboot(c *policy.Command) {
	if !option(c, "a") || option(c, "q") {
		return
	}
	if name := strings.TrimPrefix(c.Options["d"], "/dev/"); hdisk.MatchString(name) {
		mark(c, ChangesBootList, name)
	}
}

func volumeGroup(c *policy.Command) {
	for _, name := range c.Operands {
		if name == "rootvg" {
			mark(c, HarmsBootVolume, name)
			return
		}
	}
}

func chpv(c *policy.Command) {
	// -c clears the boot record of the disk that it names.
	if option(c, "c") && len(c.Operands) > 0 {
		mark(c, HarmsBootVolume, c.Operands[0])
	}
}

func rmlv(c *policy.Command) {
	for _, name := range c.Operands {
		if name == "hd5" {
			mark(c, HarmsBootVolume, name)
		}
	}
}

func dd(c *policy.Command) {
	for _, word := range c.Operands {
		if name, ok := strings.CutPrefix(word, "of="); ok && hdisk.MatchString(name) && strings.HasPrefix(name, "/dev/") {
			mark(c, HarmsBootVolume, strings.TrimPrefix(strings.TrimPrefix(name, "/dev/"), "r"))
		}
	}
}
