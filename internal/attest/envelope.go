// SPDX-License-Identifier: MPL-2.0

package attest

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"
)

// The media types of the wrappings. Verifiers reject other payload types.
const (
	payloadType = "application/vnd.in-toto+json"
	bundleType  = "application/vnd.dev.sigstore.bundle.v0.3+json"
)

// Signed is a statement with one signature, to be written in two wrappings.
type Signed struct {
	payload, signature, der []byte
	// response is the timestamp response over the signature; nil without one.
	response []byte
}

// Sign marshals the statement once and signs those bytes. Nothing else is signed
// again later: the two wrappings hold the same payload and the same signature.
func Sign(statement Statement, signer *Signer) (*Signed, error) {
	payload, err := statement.encode()
	if err != nil {
		return nil, err
	}
	signature, err := signer.sign(dsse.PAE(payloadType, payload))
	if err != nil {
		return nil, fmt.Errorf("sign statement: %w", err)
	}
	return &Signed{payload: payload, signature: signature, der: signer.der}, nil
}

// envelope is a DSSE envelope. It carries no key id: verifiers compare one with
// forms of their own and refuse a good signature.
type envelope struct {
	PayloadType string      `json:"payloadType"`
	Payload     string      `json:"payload"`
	Signatures  []signature `json:"signatures"`
}

type signature struct {
	KeyID string `json:"keyid,omitempty"`
	Sig   string `json:"sig"`
}

// bundle is a Sigstore bundle v0.3 with a public key hint.
type bundle struct {
	MediaType            string   `json:"mediaType"`
	VerificationMaterial material `json:"verificationMaterial"`
	Envelope             envelope `json:"dsseEnvelope"`
}

type material struct {
	PublicKey publicKey `json:"publicKey,omitzero"`
	// Other tools write these: an entry of a transparency log is not looked at here, and
	// a certificate means that the bundle was signed without a key of one's own.
	TlogEntries []json.RawMessage `json:"tlogEntries,omitempty"`
	Certificate json.RawMessage   `json:"certificate,omitempty"`
	Chain       json.RawMessage   `json:"x509CertificateChain,omitempty"`
	Timestamps  *timestamps       `json:"timestampVerificationData,omitempty"`
}

type timestamps struct {
	RFC3161 []signedTimestamp `json:"rfc3161Timestamps,omitempty"`
}

type signedTimestamp struct {
	Signed string `json:"signedTimestamp"`
}

type publicKey struct {
	Hint string `json:"hint"`
}

func (s *Signed) envelope() envelope {
	return envelope{
		PayloadType: payloadType, Payload: base64.StdEncoding.EncodeToString(s.payload),
		Signatures: []signature{{Sig: base64.StdEncoding.EncodeToString(s.signature)}},
	}
}

// DSSE is the bare envelope, for openssl, slsa-verifier and Packer itself.
func (s *Signed) DSSE() ([]byte, error) { return encodeLine(s.envelope()) }

// Bundle is the Sigstore bundle, for cosign and the sigstore libraries.
func (s *Signed) Bundle() ([]byte, error) {
	m := material{PublicKey: publicKey{Hint: hint(s.der)}}
	if s.response != nil {
		m.Timestamps = &timestamps{RFC3161: []signedTimestamp{{Signed: base64.StdEncoding.EncodeToString(s.response)}}}
	}
	return encodeLine(bundle{MediaType: bundleType, VerificationMaterial: m, Envelope: s.envelope()})
}

func encodeLine(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode envelope: %w", err)
	}
	return append(b, '\n'), nil
}

// opened is an envelope taken apart, its signature not yet checked.
type opened struct {
	payload, signature []byte
	// envelope is the bare envelope of a bundle, or the envelope itself.
	envelope envelope
	// responses are the timestamp responses of a bundle.
	responses [][]byte
}

// open reads either wrapping. It is strict, so that nothing unsigned can ride along.
func open(content []byte) (opened, error) {
	var probe struct {
		MediaType string `json:"mediaType"`
	}
	if err := json.Unmarshal(content, &probe); err != nil {
		return opened{}, fmt.Errorf("it is no JSON document: %w", err)
	}
	var e envelope
	var result opened
	if probe.MediaType != "" {
		var b bundle
		if err := strict(content, &b); err != nil {
			return opened{}, err
		}
		if b.MediaType != bundleType {
			return opened{}, fmt.Errorf("its media type is %q, expected %s", b.MediaType, bundleType)
		}
		m := b.VerificationMaterial
		if m.Certificate != nil || m.Chain != nil {
			return opened{}, errKeyless
		}
		if m.Timestamps != nil {
			for _, t := range m.Timestamps.RFC3161 {
				response, err := base64.StdEncoding.DecodeString(t.Signed)
				if err != nil {
					return opened{}, fmt.Errorf("its timestamp: %w", err)
				}
				result.responses = append(result.responses, response)
			}
		}
		e = b.Envelope
	} else if err := strict(content, &e); err != nil {
		return opened{}, err
	}
	if e.PayloadType != payloadType {
		return opened{}, fmt.Errorf("its payload type is %q, expected %s", e.PayloadType, payloadType)
	}
	if len(e.Signatures) != 1 {
		return opened{}, fmt.Errorf("it has %d signatures, expected one", len(e.Signatures))
	}
	payload, err := base64.StdEncoding.Strict().DecodeString(e.Payload)
	if err != nil {
		return opened{}, fmt.Errorf("its payload: %w", err)
	}
	sig, err := base64.StdEncoding.Strict().DecodeString(e.Signatures[0].Sig)
	if err != nil {
		return opened{}, fmt.Errorf("its signature: %w", err)
	}
	result.payload, result.signature, result.envelope = payload, sig, e
	return result, nil
}

// errKeyless means that a bundle cannot be checked with a public key.
var errKeyless = errors.New("it was signed with a certificate instead of a key; check it with cosign verify-blob-attestation and its --certificate-identity")

func (o opened) signedBy(v *Verifier) bool {
	return v.verify(dsse.PAE(payloadType, o.payload), o.signature)
}

func (o opened) why(v *Verifier) string { return v.why(dsse.PAE(payloadType, o.payload), o.signature) }

// statement is a Statement as read, its predicate still raw.
type statement struct {
	Type          string          `json:"_type"`
	Subject       []Resource      `json:"subject"`
	PredicateType string          `json:"predicateType"`
	Predicate     json.RawMessage `json:"predicate"`
}

func parseStatement(payload []byte) (statement, error) {
	var s statement
	if err := strict(payload, &s); err != nil {
		return s, fmt.Errorf("statement: %w", err)
	}
	if s.Type != StatementType {
		return s, fmt.Errorf("statement: its type is %q, expected %s", s.Type, StatementType)
	}
	if len(s.Subject) == 0 {
		return s, errors.New("statement: it has no subject")
	}
	return s, nil
}

func strict(content []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("text after the end of the document")
	}
	return nil
}
