// SPDX-License-Identifier: MPL-2.0

package interop

import (
	"crypto"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	vsa "github.com/in-toto/attestation/go/predicates/vsa/v1"
	intoto "github.com/in-toto/attestation/go/v1"
	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/verify"
	"github.com/sigstore/sigstore/pkg/cryptoutils"
	"github.com/sigstore/sigstore/pkg/signature"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/powervs-aix/packer-plugin-rsct/internal/attest"
	"github.com/powervs-aix/packer-plugin-rsct/internal/verdict"
)

// sigstoreGo verifies a bundle with the official library and a public key, offline.
func sigstoreGo(_ *testing.T, r report, path, predicateType string) error {
	b, err := bundle.LoadJSONFromPath(path)
	if err != nil {
		return err
	}
	content, err := os.ReadFile(r.public)
	if err != nil {
		return err
	}
	public, err := cryptoutils.UnmarshalPEMToPublicKey(content)
	if err != nil {
		return err
	}
	key, err := signature.LoadVerifier(public, crypto.SHA256)
	if err != nil {
		return err
	}
	material := root.NewTrustedPublicKeyMaterial(func(string) (root.TimeConstrainedVerifier, error) {
		return root.NewExpiringKey(key, time.Time{}, time.Time{}), nil
	})
	v, err := verify.NewVerifier(material, verify.WithNoObserverTimestamps())
	if err != nil {
		return err
	}
	digest, err := hex.DecodeString(r.sha256)
	if err != nil {
		return err
	}
	result, err := v.Verify(b, verify.NewPolicy(verify.WithArtifactDigest("sha256", digest), verify.WithKey()))
	if err != nil {
		return err
	}
	if result.Statement == nil || result.Statement.PredicateType != predicateType {
		return errors.New("another predicate type")
	}
	return nil
}

// The official types of in-toto read our statements strictly, and find them valid.
func TestStatementsAreValidByTheOfficialTypes(t *testing.T) {
	r := attested(t, makeKey(t, "ed25519"), verdict.Passed)
	for _, name := range []string{attest.FileReportDSSE, attest.FileVerdictDSSE, attest.FileTestsDSSE} {
		s, err := statement(r.file(name))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := s.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, subject := range s.Subject {
			for algorithm, value := range subject.Digest {
				if _, err := hex.DecodeString(value); err != nil || strings.ToLower(value) != value {
					t.Errorf("%s: %s digest %q is not lower-case hexadecimal, which breaks verifiers", name, algorithm, value)
				}
			}
		}
		if name != attest.FileVerdictDSSE {
			continue
		}
		predicate, err := json.Marshal(s.Predicate.AsMap())
		if err != nil {
			t.Fatal(err)
		}
		var summary vsa.VerificationSummary
		if err := protojson.Unmarshal(predicate, &summary); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if summary.VerificationResult != "PASSED" || summary.Verifier.Id != attest.DefaultVerifierID {
			t.Errorf("got %v", &summary)
		}
	}
}

func statement(path string) (*intoto.Statement, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var e struct {
		Payload []byte `json:"payload"`
	}
	if err := json.Unmarshal(content, &e); err != nil {
		return nil, err
	}
	var s intoto.Statement
	if err := protojson.Unmarshal(e.Payload, &s); err != nil {
		return nil, fmt.Errorf("strict parsing: %w", err)
	}
	return &s, nil
}
