// SPDX-License-Identifier: MPL-2.0

// Package attest makes and checks in-toto statements about an image: statements,
// keys, signing, the report folder, verifying.
package attest

import (
	"bytes"
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
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
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("signing key %s does not exist; make one with: openssl genpkey -algorithm ed25519 -out %s", path, path)
	}
	content, err := readSecret("signing key", path)
	if errors.Is(err, errOpenToOthers) {
		// Public keys and certificates are: to protect them would not help.
		if open, readErr := os.ReadFile(path); readErr == nil {
			defer wipe(open)
			if _, parseErr := ParseSigner(open, nil); errors.Is(parseErr, errPublicHalf) {
				err = fmt.Errorf("signing key %s: %w", path, parseErr)
			}
		}
	}
	if err != nil {
		return nil, err
	}
	defer wipe(content)
	signer, err := ParseSigner(content, passphrase)
	if err != nil {
		return nil, fmt.Errorf("signing key %s: %w", path, err)
	}
	return signer, nil
}

var (
	errOpenToOthers = errors.New("can be read by others")
	errPublicHalf   = errors.New("expected a private key: signing_key is the secret half, the public half goes to those who verify")
)

// readSecret reads a small file that nobody but its owner may read.
func readSecret(what, path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxKeyFile {
		return nil, fmt.Errorf("%s %s is no regular file of at most %d KiB", what, path, maxKeyFile>>10)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s %s %w (mode %04o): chmod 600 %s", what, path, errOpenToOthers, info.Mode().Perm(), path)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return content, nil
}

// ReadPassphrase reads a passphrase from a file that only its owner may read. One
// newline at its end is not part of it.
func ReadPassphrase(path string) ([]byte, error) {
	content, err := readSecret("passphrase file", path)
	if err != nil {
		return nil, err
	}
	passphrase := bytes.TrimSuffix(bytes.TrimSuffix(content, []byte("\n")), []byte("\r"))
	if len(passphrase) == 0 {
		return nil, fmt.Errorf("passphrase file %s is empty", path)
	}
	return passphrase, nil
}

// Wipe overwrites the private key where its memory can be reached. The signer cannot
// sign any more.
func (s *Signer) Wipe() {
	switch key := s.key.(type) {
	case ed25519.PrivateKey:
		public := append(ed25519.PublicKey{}, key.Public().(ed25519.PublicKey)...)
		wipe(key)
		s.key = wiped{public}
	case *ecdsa.PrivateKey:
		clear(key.D.Bits())
		s.key = wiped{key.Public()}
	case *rsa.PrivateKey:
		clear(key.D.Bits())
		for _, p := range key.Primes {
			clear(p.Bits())
		}
		s.key = wiped{key.Public()}
	}
}

// wiped is a key whose private half is gone.
type wiped struct{ public crypto.PublicKey }

// Public implements crypto.Signer.
func (w wiped) Public() crypto.PublicKey { return w.public }

// Sign implements crypto.Signer.
func (w wiped) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errors.New("the key was wiped")
}

func wipe(b []byte) {
	for i := range b {
		b[i] = 0
	}
}

// PassphraseVariable is the environment variable that a passphrase is taken from.
const PassphraseVariable = "RSCT_SIGNING_KEY_PASSPHRASE"

var errPassphraseMissing = errors.New("it is encrypted; give its passphrase with signing_key_passphrase, signing_key_passphrase_file or the environment variable " + PassphraseVariable)

// cure is how to get a key that every verifier takes.
const cure = "make one with: openssl genpkey -algorithm ed25519 -out KEY.pem"

// ParseSigner reads a private key in PEM: PKCS#8 plain or encrypted, SEC1, PKCS#1,
// cosign's and sigstore's encrypted form, and OpenSSH's. The key must be Ed25519,
// ECDSA P-256, or RSA of at least 2048 bits: what every verifier takes alike.
func ParseSigner(content, passphrase []byte) (*Signer, error) {
	block, err := onlyBlock(content)
	if err != nil {
		return nil, err
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
		if exchange, ok := key.(*ecdh.PrivateKey); ok {
			return nil, wrongKind(fmt.Sprint(exchange.Curve()))
		}
		return nil, wrongKind(fmt.Sprintf("%T", key))
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

// onlyBlock finds the one private key of a file. openssl ecparam writes the curve's
// parameters before the key, which are passed over.
func onlyBlock(content []byte) (*pem.Block, error) {
	var found *pem.Block
	for rest := content; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type == "EC PARAMETERS" || block.Type == "DSA PARAMETERS" {
			continue
		}
		if found != nil {
			return nil, fmt.Errorf("it holds a %s and a %s, expected one private key alone", strings.ToLower(found.Type), strings.ToLower(block.Type))
		}
		found = block
	}
	if found != nil {
		return found, nil
	}
	switch head := content; {
	case bytes.HasPrefix(head, []byte("PuTTY-User-Key-File")):
		return nil, errors.New("it is a PuTTY key, expected PEM; convert it with: puttygen KEY.ppk -O private-openssh -o KEY.pem")
	case bytes.HasPrefix(head, []byte("ssh-")), bytes.HasPrefix(head, []byte("ecdsa-sha2-")):
		return nil, fmt.Errorf("it is a public key of OpenSSH, %w; the private key lies beside it, in the file without .pub", errPublicHalf)
	case bytes.HasPrefix(head, []byte("-----BEGIN PGP ")):
		return nil, errors.New("it is of PGP, expected PEM; " + cure)
	case bytes.HasPrefix(head, []byte("---- BEGIN SSH2 ")):
		return nil, errors.New("it is a key of the commercial SSH, expected PEM; " + cure)
	case bytes.HasPrefix(bytes.TrimSpace(head), []byte("{")):
		return nil, errors.New("it is JSON (a JWK?), expected PEM; " + cure)
	case isBinary(head):
		return nil, errors.New("it is binary (DER or PKCS#12), expected PEM; convert it with: openssl pkey -inform DER -in KEY -out KEY.pem, or openssl pkcs12 -in KEY.p12 -nocerts -out KEY.pem")
	}
	return nil, errors.New("no PEM block found, expected -----BEGIN … PRIVATE KEY-----; " + cure)
}

// isBinary tells whether content begins like DER or BER: a sequence, of a length in
// the long form or of exactly what follows.
func isBinary(content []byte) bool {
	return len(content) > 2 && content[0] == 0x30 && (content[1]&0x80 != 0 || int(content[1]) == len(content)-2)
}

// parsePKCS8 names the kinds that PKCS#8 can hold and Go cannot read.
func parsePKCS8(der []byte) (any, error) {
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err == nil {
		return key, nil
	}
	var p struct {
		Version   int
		Algorithm struct {
			Algorithm  asn1.ObjectIdentifier
			Parameters asn1.RawValue `asn1:"optional"`
		}
		Rest asn1.RawValue
	}
	// Attributes may follow the key, so text after it is no error.
	if _, parseErr := asn1.Unmarshal(der, &p); parseErr == nil {
		if kind := otherKinds[p.Algorithm.Algorithm.String()]; kind != "" {
			return nil, wrongKind(kind)
		}
		var curve asn1.ObjectIdentifier
		if _, curveErr := asn1.Unmarshal(p.Algorithm.Parameters.FullBytes, &curve); curveErr == nil && p.Algorithm.Algorithm.Equal(ecdsaKey) {
			return nil, wrongCurve(curveName(curve))
		}
	}
	return nil, fmt.Errorf("it is damaged, or of a kind that is not known: %w; %s", err, cure)
}

func wrongKind(kind string) error {
	return fmt.Errorf("it is a key of kind %s, expected Ed25519, ECDSA P-256 or RSA; %s", kind, cure)
}

func wrongCurve(name string) error {
	return fmt.Errorf("it is an ECDSA key on %s; verifiers do not agree on its hash or do not know it, use P-256 or Ed25519; %s", name, cure)
}

// ecdsaKey is id-ecPublicKey of RFC 5480 section 2.1.1.
var ecdsaKey = asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}

// curveName names curves that Go does not know; others keep their numbers.
func curveName(curve asn1.ObjectIdentifier) string {
	switch curve.String() {
	case "1.3.132.0.10":
		return "secp256k1"
	case "1.3.36.3.3.2.8.1.1.7":
		return "brainpoolP256r1"
	}
	return "the curve " + curve.String()
}

// otherKinds are object identifiers of keys that people have and verifiers do not take.
var otherKinds = map[string]string{
	"1.2.840.10040.4.1":       "DSA",
	"1.2.840.113549.1.1.10":   "RSA-PSS",
	"1.2.840.113549.1.3.1":    "Diffie-Hellman",
	"1.3.101.110":             "X25519",
	"1.3.101.111":             "X448",
	"1.3.101.113":             "Ed448",
	"2.16.840.1.101.3.4.3.17": "ML-DSA-44",
	"2.16.840.1.101.3.4.3.18": "ML-DSA-65",
	"2.16.840.1.101.3.4.3.19": "ML-DSA-87",
}

func parsePrivate(block *pem.Block, content, passphrase []byte) (any, error) {
	needPassphrase := func() error {
		if len(passphrase) == 0 {
			return errPassphraseMissing
		}
		return nil
	}
	wrong := func(err error) error {
		return fmt.Errorf("its passphrase is wrong, or it is damaged, or of a kind other than Ed25519, ECDSA P-256 and RSA: %w", err)
	}
	switch block.Type {
	case "PRIVATE KEY":
		return parsePKCS8(block.Bytes)
	case "EC PRIVATE KEY", "RSA PRIVATE KEY":
		if strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED") {
			return nil, errors.New("it is encrypted in the old OpenSSL form, which is weak; convert it with: openssl pkcs8 -topk8 -in KEY.pem -out NEW.pem")
		}
		key, err := any(nil), error(nil)
		if block.Type == "EC PRIVATE KEY" {
			key, err = x509.ParseECPrivateKey(block.Bytes)
		} else {
			key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
		}
		if err != nil {
			return nil, fmt.Errorf("it is damaged, or on a curve that is not known: %w; %s", err, cure)
		}
		return key, nil
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
		return parsePKCS8(der)
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
		if err != nil {
			return nil, fmt.Errorf("OpenSSH key: %w; hardware keys (sk-) and DSA keys cannot be used here; %s", err, cure)
		}
		return key, nil
	case "PUBLIC KEY", "CERTIFICATE", "RSA PUBLIC KEY":
		return nil, fmt.Errorf("it holds a %s, %w", strings.ToLower(block.Type), errPublicHalf)
	case "DSA PRIVATE KEY":
		return nil, wrongKind("DSA")
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
		return wrongCurve(key.Curve.Params().Name)
	case *rsa.PublicKey:
		if bits := key.N.BitLen(); bits < 2048 {
			return fmt.Errorf("it is an RSA key of %d bits, at least 2048 are needed; %s", bits, cure)
		}
		return nil
	}
	return wrongKind(fmt.Sprintf("%T", public))
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
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("public key: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxKeyFile {
		return nil, fmt.Errorf("public key %s is no regular file of at most %d KiB", path, maxKeyFile>>10)
	}
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
		return nil, fmt.Errorf("it is damaged, or of a kind that is not known: %w", err)
	}
	if err := checkPublic(key); err != nil {
		return nil, err
	}
	return &Verifier{key: key, der: block.Bytes}, nil
}

// Fingerprint is as [Signer.Fingerprint].
func (v *Verifier) Fingerprint() string { return fingerprint(v.der) }

// why says what is known about a signature that does not verify.
func (v *Verifier) why(message, signature []byte) string {
	if key, ok := v.key.(ed25519.PublicKey); ok {
		sum := sha512.Sum512(message)
		if ed25519.VerifyWithOptions(key, sum[:], signature, &ed25519.Options{Hash: crypto.SHA512}) == nil {
			return "; it is one of the prehashed form Ed25519ph, as cosign attest-blob makes with Ed25519 keys, which verifiers do not take: sign with a P-256 key there"
		}
	}
	return ""
}

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
