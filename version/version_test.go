// SPDX-License-Identifier: MPL-2.0

package version

import (
	"os"
	"regexp"
	"testing"
)

// Releasing dates the topmost section of the changelog; which version that is must not
// be a question then.
func TestTopmostSectionOfTheChangelogIsThisVersion(t *testing.T) {
	changelog, err := os.ReadFile("../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	top := regexp.MustCompile(`^## (\d+\.\d+\.\d+) \((unreleased|[A-Z][a-z]+ \d{1,2}, \d{4})\)\n`).FindSubmatch(changelog)
	if top == nil {
		t.Fatalf("CHANGELOG.md starts with %.60q, expected \"## X.Y.Z (unreleased)\" or \"## X.Y.Z (Month D, YYYY)\"", changelog)
	}
	if string(top[1]) != Version {
		t.Errorf("CHANGELOG.md is about %s, version.go says %s", top[1], Version)
	}
}

func TestBetweenReleasesTheVersionIsADevelopersOne(t *testing.T) {
	if VersionPrerelease != "dev" || VersionMetadata != "" {
		t.Errorf("got %q, %q; the release build alone clears the prerelease, by -ldflags", VersionPrerelease, VersionMetadata)
	}
}
