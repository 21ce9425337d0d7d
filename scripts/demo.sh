#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# The whole way on a simulated AIX host: one build that passes its gate after a
# broken management interface was put back, and one that is refused.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
plugin=$root/bin/packer-plugin-rsct
packer=$("$root/scripts/packer.sh")
[ -x "$plugin" ] || { echo "build the plugin first: make build" >&2; exit 1; }

work=$(mktemp -d)
simulator=
cleanup() {
	[ -z "$simulator" ] || kill "$simulator" 2>/dev/null || true
	rm -rf "$work/config" "$work/cache" "$work/key.pem" "$work"/*.log "$work/plugins"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

export CHECKPOINT_DISABLE=1 PACKER_NO_COLOR=1
export PACKER_CONFIG_DIR=$work/config PACKER_PLUGIN_PATH=$work/plugins PACKER_CACHE_DIR=$work/cache
mkdir -p "$work/config" "$work/cache" "$work/plugins"

say() { printf '\n== %s\n' "$*"; }
fail() {
	printf 'demo: %s\n' "$*" >&2
	exit 1
}

# simulate HOST: starts a simulated host on a free loopback port and sets $port.
simulate() {
	[ -z "$simulator" ] || { kill "$simulator" 2>/dev/null || true; wait "$simulator" 2>/dev/null || true; }
	"$plugin" simulate -listen 127.0.0.1:0 "$root/example/hosts/$1" >"$work/simulator.log" 2>&1 &
	simulator=$!
	tries=0
	until port=$(sed -n 's/^listening on 127\.0\.0\.1:\([0-9]*\).*/\1/p' "$work/simulator.log") && [ -n "$port" ]; do
		tries=$((tries + 1))
		[ "$tries" -lt 100 ] || { cat "$work/simulator.log" >&2; fail "the simulated host did not start"; }
		sleep 0.1
	done
}

image() { # NAME: a small image file in the shape of an OVA
	mkdir -p "$work/ova"
	cat >"$work/ova/aix.ovf" <<-'OVF'
		<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1">
		<References><File id="file1" href="disk1.img" size="1048576"/></References>
		<DiskSection><Info/><Disk diskId="disk1" fileRef="file1" capacity="1048576"/></DiskSection>
		<VirtualSystem id="vs0"><OperatingSystemSection id="9"><Info/><Description>AIX</Description></OperatingSystemSection>
		<VirtualHardwareSection><Info/><Item><HostResource>ovf:/disk/disk1</HostResource><ResourceType>17</ResourceType></Item></VirtualHardwareSection></VirtualSystem>
		</Envelope>
	OVF
	head -c 1048576 /dev/zero >"$work/ova/disk1.img"
	(cd "$work/ova" && tar cf - aix.ovf disk1.img) | gzip -n >"$work/$1"
	rm -rf "$work/ova"
}

build() { # NAME: runs packer build into $work/NAME.log, shows it, returns packer's status
	set +e
	"$packer" build -var "port=$port" -var "image=$work/$1.ova.gz" -var "signing_key=$work/key.pem" "$root/example/demo" >"$work/$1.log" 2>&1
	status=$?
	set -e
	cat "$work/$1.log"
}

has() { grep -q "$2" "$work/$1.log" || fail "expected to see \"$2\" in $work/$1.log"; }
hasnot() { ! grep -q "$2" "$work/$1.log" || fail "did not expect to see \"$2\" in $work/$1.log"; }

say "Installing the plugin for this run only"
"$packer" plugins install --path "$plugin" github.com/powervs-aix/rsct
(umask 077 && openssl genpkey -algorithm ed25519 -out "$work/key.pem" 2>/dev/null) || fail "openssl is needed to make a throw-away key"
openssl pkey -in "$work/key.pem" -pubout -out "$work/signer.pub"

say "Lint finds the hardening script before there is a VM"
"$plugin" lint "$root/example/demo" >"$work/lint.log" && fail "lint passed the hardening script"
cat "$work/lint.log"
has lint "harden.sh:10:3: error: detaches-interface"
has lint "harden.sh:15:1: error: removes-chdev-line"

say "1. A build whose hardening script takes the management interface away"
simulate powervs-aix73.hcl
image aix73.ova.gz
"$packer" validate -var "port=$port" -var "image=$work/aix73.ova.gz" -var "signing_key=$work/key.pem" "$root/example/demo"
build aix73
[ "$status" -eq 0 ] || fail "the build failed with exit code $status"
has aix73 "drift from the baseline"
has aix73 "Restored and proved"
has aix73 "IMPORT RAN"

say "Verifying its report with this plugin, and with Packer itself"
report=$work/aix73.ova.gz.rsct
"$plugin" verify -key "$work/signer.pub" -image "$work/aix73.ova.gz" "$report"
for attestation in report verdict; do
	type=$(sed -n 's/.*"payload":"\([^"]*\)".*/\1/p' "$report/$attestation.dsse.json" | openssl base64 -d -A | sed -n 's/.*"predicateType":"\([^"]*\)".*/\1/p')
	"$packer" verify-attestation -signing-mode=key -verifier "$work/signer.pub" -predicate-type "$type" \
		-artifact "$work/aix73.ova.gz" "$report/$attestation.dsse.json" || {
		"$packer" verify-attestation -h 2>&1 | grep -q verifier || echo "(this Packer has no verify-attestation; 1.16 has)"
		"$packer" version | grep -q ' v1\.1[0-5]\.' || fail "packer verify-attestation refused the $attestation"
	}
done

say "2. A build of an AIX with RSCT 3.2.0.0, which cannot reach Power VS over IPv6"
simulate aix71-rsct-3.2.0.0.hcl
image aix71.ova.gz
build aix71
[ "$status" -eq 1 ] || fail "expected Packer to exit 1, it exited $status"
hasnot aix71 "IMPORT RAN"
has aix71 "rsct-minimum-level"
[ ! -e "$work/aix71.ova.gz.rsct/verdict.dsse.json" ] || fail "there is a verdict of the refused image"
find "$work/cache" -name evidence.json | grep -q . || fail "the evidence of the refused build is missing"

say "Done: the first image was restored, attested and passed on; the second was refused."
echo "The report: $report/report.html"
