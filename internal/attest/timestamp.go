// SPDX-License-Identifier: MPL-2.0

package attest

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"time"

	"github.com/digitorus/pkcs7"
	"github.com/digitorus/timestamp"
)

// maxToken bounds a timestamp response, in bytes.
const maxToken = 64 << 10

// timestampWait is how long an authority may take.
const timestampWait = 30 * time.Second

// Authority is a time-stamping authority by RFC 3161: one with an address, or a
// command for sites without a network.
type Authority struct {
	// URL is asked over HTTP, as RFC 3161 section 3.4 has it.
	URL string
	// Command gets the request in DER on its standard input and writes the response in
	// DER to its standard output.
	Command []string
}

// Check returns an error when the authority cannot be one.
func (a *Authority) Check() error {
	if a.URL != "" && len(a.Command) > 0 {
		return errors.New("timestamp_url and timestamp_command exclude each other")
	}
	if len(a.Command) > 0 {
		// Found out now, not after the image was built.
		if _, err := exec.LookPath(a.Command[0]); err != nil {
			return fmt.Errorf("timestamp_command: %w; its first element is the program, the others are its arguments", err)
		}
	}
	if a.URL == "" {
		return nil
	}
	u, err := url.Parse(a.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("timestamp_url is %q, expected the address of a time-stamping authority: http:// or https://", a.URL)
	}
	return nil
}

// stamp asks for a timestamp over a signature and returns the response in DER. The
// response must be about this signature and this question.
func (a *Authority) stamp(ctx context.Context, signature []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, timestampWait)
	defer cancel()
	nonce, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 63))
	if err != nil {
		return nil, fmt.Errorf("timestamp: %w", err)
	}
	request, err := timestamp.CreateRequest(bytes.NewReader(signature), &timestamp.RequestOptions{Certificates: true, Nonce: nonce})
	if err != nil {
		return nil, fmt.Errorf("timestamp: %w", err)
	}
	ask, name := a.post, a.URL
	if len(a.Command) > 0 {
		ask, name = a.run, a.Command[0]
	}
	response, err := ask(ctx, request)
	if err != nil {
		return nil, fmt.Errorf("timestamp authority %s: %w", name, err)
	}
	token, err := parseToken(response)
	if err != nil {
		return nil, fmt.Errorf("timestamp authority %s: %w", name, err)
	}
	if err := token.about(signature); err != nil {
		return nil, fmt.Errorf("timestamp authority %s: %w", name, err)
	}
	if token.Nonce == nil || token.Nonce.Cmp(nonce) != 0 {
		return nil, fmt.Errorf("timestamp authority %s: its answer is to another question (the nonce differs)", name)
	}
	return response, nil
}

func (a *Authority) post(ctx context.Context, request []byte) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, a.URL, bytes.NewReader(request))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/timestamp-query")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("it answered %s", response.Status)
	}
	return io.ReadAll(io.LimitReader(response.Body, maxToken+1))
}

func (a *Authority) run(ctx context.Context, request []byte) ([]byte, error) {
	command := exec.CommandContext(ctx, a.Command[0], a.Command[1:]...)
	var out, words bytes.Buffer
	command.Stdin, command.Stdout, command.Stderr = bytes.NewReader(request), &out, &words
	command.WaitDelay = time.Second
	if err := command.Run(); err != nil {
		return nil, fmt.Errorf("%w: %.300s", err, words.Bytes())
	}
	return out.Bytes(), nil
}

type token struct{ *timestamp.Timestamp }

// parseToken reads a response, whose own signature is checked against the
// certificate in it; whom that belongs to is for [token.trusted].
func parseToken(response []byte) (t token, err error) {
	// The parsers of ASN.1 below are not ours, and the bytes come from anywhere.
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("no valid timestamp response: %v", r)
		}
	}()
	if len(response) > maxToken {
		return t, fmt.Errorf("the timestamp response is longer than %d KiB", maxToken>>10)
	}
	parsed, err := timestamp.ParseResponse(response)
	if err != nil {
		return t, fmt.Errorf("no valid timestamp response: %w", err)
	}
	return token{parsed}, nil
}

// about checks that the token is about a signature.
func (t token) about(signature []byte) error {
	switch t.HashAlgorithm.String() {
	case "SHA-256", "SHA-384", "SHA-512":
	default:
		return fmt.Errorf("the timestamp is over a %s digest, expected SHA-256 or stronger", t.HashAlgorithm)
	}
	h := t.HashAlgorithm.New()
	h.Write(signature)
	if !bytes.Equal(h.Sum(nil), t.HashedMessage) {
		return errors.New("the timestamp is about another signature")
	}
	return nil
}

// tokenContent is id-ct-TSTInfo of RFC 3161 section 2.4.2.
var tokenContent = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}

// trusted checks that the token was signed by an authority below the roots, whose
// certificate was valid at the token's time and is for time-stamping.
func (t token) trusted(authority *TimestampRoots) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("no timestamp token: %v", r)
		}
	}()
	p7, err := pkcs7.Parse(t.RawToken)
	if err != nil {
		return err
	}
	// By RFC 3161 section 2.4.2 nobody else signs a token.
	if len(p7.Signers) != 1 {
		return fmt.Errorf("the timestamp has %d signers, expected one", len(p7.Signers))
	}
	// And the authority signs the content's type as well: other things that it may have
	// signed are no tokens.
	var content asn1.ObjectIdentifier
	if err := p7.UnmarshalSignedAttribute(pkcs7.OIDAttributeContentType, &content); err != nil || !content.Equal(tokenContent) {
		return fmt.Errorf("what the authority signed has the content type %q, expected a time-stamp token (%s)", content, tokenContent)
	}
	if len(p7.Certificates) == 0 {
		p7.Certificates = authority.certificates
	}
	intermediates := x509.NewCertPool()
	for _, c := range append(append([]*x509.Certificate{}, p7.Certificates...), authority.certificates...) {
		intermediates.AddCert(c)
	}
	if err := p7.VerifyWithOpts(x509.VerifyOptions{
		Roots: authority.roots, Intermediates: intermediates, CurrentTime: t.Time,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping},
	}); err != nil {
		return fmt.Errorf("the timestamp is not of a trusted authority: %w", err)
	}
	return nil
}

// TimestampRoots are the certificates of the authorities whose timestamps count.
type TimestampRoots struct {
	roots        *x509.CertPool
	certificates []*x509.Certificate
}

// LoadTimestampRoots reads certificates in PEM. Each of them is trusted, so the file
// should hold the authority's root, or the authority's own certificate.
func LoadTimestampRoots(path string) (*TimestampRoots, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("timestamp authority: %w", err)
	}
	r := &TimestampRoots{roots: x509.NewCertPool()}
	for rest := content; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil || block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("timestamp authority %s: a block of type %q is no certificate", path, block.Type)
		}
		r.roots.AddCert(c)
		r.certificates = append(r.certificates, c)
	}
	if len(r.certificates) == 0 {
		return nil, fmt.Errorf("timestamp authority %s: expected -----BEGIN CERTIFICATE-----; from DER: openssl x509 -inform DER -in CERTIFICATE -out NEW.pem", path)
	}
	return r, nil
}
