// SPDX-License-Identifier: MPL-2.0

package report

import (
	"fmt"
	"regexp"
	"strings"
)

// way is one way to verify a report.
type way struct {
	Title, Note string
	// Command is what to type in the report folder; several lines.
	Command string
}

// publicKey is the name that the commands have for the key file: one that the
// verifier got from the signer, not the one beside the report.
const publicKey = "image-signing.pub"

// ways are the commands that verify this very report, with the image's digest in them.
func ways(in Input) []way {
	seal := in.Seal
	if seal == nil {
		return []way{{
			Title: "Judge the evidence again",
			Note:  "This report was made on the command line and is not signed. It says the same again for the same evidence and policy:",
			Command: fmt.Sprintf("packer-plugin-rsct check -format json -as-of %s evidence.json | openssl dgst -sha256 -r\n# the policy must be %s",
				in.Result.AsOf, oneLine(in.Result.Policy)),
		}}
	}
	subject := Subject{}
	if len(in.Subjects) > 0 {
		subject = in.Subjects[0]
	}
	digest, algorithm := subject.SHA256, "sha256"
	if digest == "" {
		digest, algorithm = subject.CloudID, "ibm_powervs_image_id"
	}
	if seal.Fingerprint == "" {
		return []way{{
			Title:   "Sign it first",
			Note:    "The statements beside this report are not signed. This signs one with a key that cosign can reach; the verdict goes the same way:",
			Command: fmt.Sprintf("cosign attest-blob --statement %s --type %s \\\n  --key awskms://… --use-signing-config=false --tlog-upload=false \\\n  --bundle %s -y", seal.ReportStatement, seal.ReportType, seal.ReportBundle),
		}}
	}
	image := shellWord(subject.Name, "IMAGE")
	about := "-image ../" + image
	artifact := "-artifact ../" + image
	if strings.HasPrefix(image, "'") {
		about, artifact = "-image "+shellWord("../"+subject.Name, "../IMAGE"), "-artifact "+shellWord("../"+subject.Name, "../IMAGE")
	}
	if subject.Size == 0 {
		about, artifact = "-digest "+digest, ""
	}
	all := []way{
		{
			Title:   "With this plugin",
			Note:    "Checks both signatures, every file of the folder, the image and the verdict.",
			Command: fmt.Sprintf("packer-plugin-rsct verify -key %s %s .", publicKey, about),
		},
		{
			Title: "With cosign 3.0.4 or later",
			Note:  "Without a network. The warning about the transparency log is right: a signature made with a key alone is in none. cosign checks signatures and digests; the verdict itself it does not read.",
			Command: fmt.Sprintf("for s in %s=%s %s=%s; do\n  cosign verify-blob-attestation --key %s --bundle \"${s%%%%=*}\" --type \"${s#*=}\" \\\n    --digest %s --digestAlg %s --insecure-ignore-tlog\ndone",
				seal.ReportBundle, seal.ReportType, seal.VerdictBundle, seal.VerdictType, publicKey, digest, algorithm),
		},
		{
			Title: "With openssl and jq",
			Note:  "Needs nothing of ours, nor of Sigstore. The last two lines must print this image's digest and PASSED.",
			Command: fmt.Sprintf(`jq -r .payload %[1]s | openssl base64 -d -A >payload
jq -r '.signatures[0].sig' %[1]s | openssl base64 -d -A >signature
{ printf 'DSSEv1 28 application/vnd.in-toto+json %%d ' "$(wc -c <payload)"; cat payload; } >signed
openssl pkeyutl -verify -pubin -inkey %[2]s -rawin -in signed -sigfile signature   # Ed25519
openssl dgst -sha256 -verify %[2]s -signature signature signed                     # ECDSA or RSA
jq -r '.subject[0].digest.%[3]s' payload    # %[4]s
jq -r .predicate.verificationResult payload`, seal.VerdictDSSE, publicKey, algorithm, digest),
		},
	}
	if artifact != "" {
		all = append(all, way{
			Title: "With Packer 1.16 or later",
			Note:  "Checks the signatures and the image's digest.",
			Command: fmt.Sprintf("packer verify-attestation -signing-mode=key -verifier %s \\\n  -predicate-type %s \\\n  %s %s\npacker verify-attestation -signing-mode=key -verifier %s \\\n  -predicate-type %s \\\n  %s %s",
				publicKey, seal.ReportType, artifact, seal.ReportDSSE, publicKey, seal.VerdictType, artifact, seal.VerdictDSSE),
		})
	}
	all = append(all, way{
		Title: "The verdict, with slsa-verifier",
		Note:  "Refuses a verdict that is not PASSED.",
		Command: fmt.Sprintf("slsa-verifier verify-vsa --attestation-path %s --public-key-path %s \\\n  --verifier-id %s \\\n  --resource-uri %s \\\n  --subject-digest %s:%s --verified-level %s",
			seal.VerdictDSSE, publicKey, shellWord(seal.VerifierID, "VERIFIER"), shellWord("file:"+subject.Name, "file:IMAGE"), algorithm, digest, seal.Level),
	})
	return all
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./:@%+=,-]+$`)

// shellWord makes one word of a text for any POSIX shell. A text that would not be
// shown as it is cannot be copied either, so the caller's word stands in for it.
func shellWord(s, otherwise string) string {
	if s == "" || inert(s, 400) != s || strings.ContainsAny(s, "\n\t") {
		return otherwise
	}
	if plainWord.MatchString(s) && !strings.HasPrefix(s, "-") {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
