module github.com/powervs-aix/packer-plugin-rsct/test/interop

go 1.26.0

require (
	github.com/in-toto/attestation v1.2.0 // indirect
	github.com/sigstore/sigstore-go v1.3.0 // indirect
)
