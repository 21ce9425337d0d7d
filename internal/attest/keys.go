// SPDX-License-Identifier: MPL-2.0

// Package attest makes and checks in-toto statements about an image: statements,
// keys, signing, the report folder, verifying.
package attest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"

	"github.com/secure-systems-lab/go-securesystemslib/encrypted"
	"github.com/youmark/pkcs8"
	"golang.org/x/crypto/ssh"
)

// maxKeyFile bounds a key file, in bytes.
const maxKeyFile = 64 << 10

// Signer signs with one private key, which never leaves it.
type Signer struct {
	key crypto.Signer
	der []byte
}

// LoadSigner reads a private key from a PEM file. The passphrase may be nil for a
// key without one. Errors name the file, what was found, and the cure.
func LoadSigner(path string, passphrase []byte) (*Signer, error) {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("signing key %s does not exist; make one with: openssl genpkey -algorithm ed25519 -out %s", path, path)
	}
	if err != nil {
		return nil, fmt.Errorf("signing key: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxKeyFile {
		return nil, fmt.Errorf("signing key %s is no PEM file: expected a regular file of at most %d KiB", path, maxKeyFile>>10)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("signing key %s can be read by others (mode %04o): chmod 600 %s", path, info.Mode().Perm(), path)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("signing key: %w", err)
	}
	defer wipe(content)
	signer, err := ParseSigner(content, passphrase)
	if err != nil {
		return nil, fmt.Errorf("signing key %s: %w", path, err)
	}
	return signer, nil
}

func wipe(b []byte) {
	for i := range b {
		b[i] = 0
	}
}

var errPassphraseMissing = errors.New("it is encrypted; give its passphrase with signing_key_passphrase")

// ParseSigner reads a private key in PEM: PKCS#8 plain or encrypted, SEC1, PKCS#1,
// cosign's and sigstore's encrypted form, and OpenSSH's. The key must be Ed25519,
// ECDSA P-256, or RSA of at least 2048 bits: what every verifier takes alike.
func ParseSigner(content, passphrase []byte) (*Signer, error) {
	block, _ := pem.Decode(content)
	if block == nil {
		return nil, errors.New("no PEM block found, expected -----BEGIN … PRIVATE KEY-----")
	}
	defer wipe(block.Bytes)
	key, err := parsePrivate(block, content, passphrase)
	if err != nil {
		return nil, err
	}
	if pointer, ok := key.(*ed25519.PrivateKey); ok {
		key = *pointer
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("a %T cannot sign", key)
	}
	if err := checkPublic(signer.Public()); err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKIXPublicKey(signer.Public())
	if err != nil {
		return nil, fmt.Errorf("public half: %w", err)
	}
	return &Signer{key: signer, der: der}, nil
}

func parsePrivate(block *pem.Block, content, passphrase []byte) (any, error) {
	needPassphrase := func() error {
		if len(passphrase) == 0 {
			return errPassphraseMissing
		}
		return nil
	}
	wrong := func(err error) error { return fmt.Errorf("its passphrase is wrong, or it is damaged: %w", err) }
	switch block.Type {
	case "PRIVATE KEY":
		return x509.ParsePKCS8PrivateKey(block.Bytes)
	case "EC PRIVATE KEY", "RSA PRIVATE KEY":
		if strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED") {
			return nil, errors.New("it is encrypted in the old OpenSSL form, which is weak; convert it with: openssl pkcs8 -topk8")
		}
		if block.Type == "EC PRIVATE KEY" {
			return x509.ParseECPrivateKey(block.Bytes)
		}
		return x509.ParsePKCS1PrivateKey(block.Bytes)
	case "ENCRYPTED PRIVATE KEY":
		if err := needPassphrase(); err != nil {
			return nil, err
		}
		key, err := pkcs8.ParsePKCS8PrivateKey(block.Bytes, passphrase)
		if err != nil {
			return nil, wrong(err)
		}
		return key, nil
	case "ENCRYPTED SIGSTORE PRIVATE KEY", "ENCRYPTED COSIGN PRIVATE KEY":
		if err := needPassphrase(); err != nil {
			return nil, err
		}
		der, err := encrypted.Decrypt(block.Bytes, passphrase)
		if err != nil {
			return nil, wrong(err)
		}
		defer wipe(der)
		return x509.ParsePKCS8PrivateKey(der)
	case "OPENSSH PRIVATE KEY":
		var missing *ssh.PassphraseMissingError
		key, err := ssh.ParseRawPrivateKey(content)
		if errors.As(err, &missing) {
			if err := needPassphrase(); err != nil {
				return nil, err
			}
			if key, err = ssh.ParseRawPrivateKeyWithPassphrase(content, passphrase); err != nil {
				return nil, wrong(err)
			}
		}
		return key, err
	case "PUBLIC KEY", "CERTIFICATE", "RSA PUBLIC KEY":
		return nil, fmt.Errorf("it holds a %s, expected a private key", strings.ToLower(block.Type))
	}
	return nil, fmt.Errorf("it holds %q, expected a private key: PKCS#8, SEC1, PKCS#1, cosign or OpenSSH", block.Type)
}

// checkPublic refuses kinds of keys that verifiers disagree about: P-384 and P-521
// are verified with SHA-256 by some and with SHA-384 or SHA-512 by others.
func checkPublic(public any) error {
	switch key := public.(type) {
	case ed25519.PublicKey:
		return nil
	case *ecdsa.PublicKey:
		if key.Curve == elliptic.P256() {
			return nil
		}
		return fmt.Errorf("it is an ECDSA key on %s; verifiers do not agree on its hash, use P-256 or Ed25519: openssl genpkey -algorithm ed25519", key.Curve.Params().Name)
	case *rsa.PublicKey:
		if bits := key.N.BitLen(); bits < 2048 {
			return fmt.Errorf("it is an RSA key of %d bits, at least 2048 are needed", bits)
		}
		return nil
	}
	return fmt.Errorf("it is a key of kind %T, expected Ed25519, ECDSA P-256 or RSA", public)
}

// sign signs the message: Ed25519 pure, ECDSA in ASN.1 and RSA PKCS#1 v1.5 over SHA-256.
func (s *Signer) sign(message []byte) ([]byte, error) {
	if _, pure := s.key.Public().(ed25519.PublicKey); pure {
		return s.key.Sign(rand.Reader, message, crypto.Hash(0))
	}
	sum := sha256.Sum256(message)
	return s.key.Sign(rand.Reader, sum[:], crypto.SHA256)
}

// PublicKeyPEM is the public half as a PEM block.
func (s *Signer) PublicKeyPEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: s.der})
}

// Fingerprint is "sha256:" and the hexadecimal digest of the public key's DER form (SPKI).
func (s *Signer) Fingerprint() string { return fingerprint(s.der) }

func fingerprint(der []byte) string {
	sum := sha256.Sum256(der)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// hint is how a Sigstore bundle names the key.
func hint(der []byte) string {
	sum := sha256.Sum256(der)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// Verifier checks signatures with one public key.
type Verifier struct {
	key crypto.PublicKey
	der []byte
}

// LoadVerifier reads a public key from a PEM file.
func LoadVerifier(path string) (*Verifier, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("public key: %w", err)
	}
	v, err := ParseVerifier(content)
	if err != nil {
		return nil, fmt.Errorf("public key %s: %w", path, err)
	}
	return v, nil
}

// ParseVerifier reads a public key in PEM (SPKI).
func ParseVerifier(content []byte) (*Verifier, error) {
	block, _ := pem.Decode(content)
	if block == nil || block.Type != "PUBLIC KEY" {
		return nil, errors.New("expected -----BEGIN PUBLIC KEY-----; from a private key: openssl pkey -in KEY -pubout")
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	if err := checkPublic(key); err != nil {
		return nil, err
	}
	return &Verifier{key: key, der: block.Bytes}, nil
}

// Fingerprint is as [Signer.Fingerprint].
func (v *Verifier) Fingerprint() string { return fingerprint(v.der) }

func (v *Verifier) verify(message, signature []byte) bool {
	sum := sha256.Sum256(message)
	switch key := v.key.(type) {
	case ed25519.PublicKey:
		return ed25519.Verify(key, message, signature)
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(key, sum[:], signature)
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature) == nil
	}
	return false
}
