// SPDX-License-Identifier: MPL-2.0

package attest

import (
	"encoding/pem"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secure-systems-lab/go-securesystemslib/encrypted"
)

// secret is the passphrase of the keys of these tests.
const secret = "correct horse"

// keyBench makes keys with the tools that people make them with.
type keyBench struct {
	t   *testing.T
	dir string
}

// write puts a key file there that its owner alone may read.
func (b keyBench) write(name string, content []byte) string {
	b.t.Helper()
	path := filepath.Join(b.dir, name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		b.t.Fatal(err)
	}
	return path
}

// openssl runs openssl and keeps what it writes.
func (b keyBench) openssl(name string, args ...string) string {
	b.t.Helper()
	return b.write(name, openssl(b.t, b.dir, nil, args...))
}

// ssh makes a key with ssh-keygen, which comes with every git.
func (b keyBench) ssh(name, passphrase string, args ...string) string {
	b.t.Helper()
	path := filepath.Join(b.dir, name)
	args = append([]string{"-q", "-N", passphrase, "-C", "", "-f", path}, args...)
	if out, err := exec.CommandContext(b.t.Context(), "ssh-keygen", args...).CombinedOutput(); errors.Is(err, exec.ErrNotFound) && os.Getenv("RSCT_ALL_INSTALLED") == "" {
		b.t.Skipf("ssh-keygen is not installed: %v", err)
	} else if err != nil {
		b.t.Fatalf("ssh-keygen: %v: %s", err, out)
	}
	return path
}

// sigstore encrypts a key as cosign generate-key-pair does.
func (b keyBench) sigstore(name, label, kind string) string {
	b.t.Helper()
	block, _ := pem.Decode(keyPEM(b.t, kind))
	sealed, err := encrypted.Encrypt(block.Bytes, []byte(secret))
	if err != nil {
		b.t.Fatal(err)
	}
	return b.write(name, pem.EncodeToMemory(&pem.Block{Type: label, Bytes: sealed}))
}

func TestEveryFormOfAKeySignsWhatVerifyAccepts(t *testing.T) {
	b := keyBench{t, t.TempDir()}
	plain := b.openssl("plain.pem", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
	rsa := b.openssl("rsa.pem", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
	ed25519 := b.openssl("ed25519.pem", "genpkey", "-algorithm", "ed25519")
	for name, path := range map[string]string{
		"PKCS#8 P-256":              plain,
		"PKCS#8 RSA":                rsa,
		"PKCS#8 Ed25519":            ed25519,
		"SEC1 with parameters":      b.openssl("sec1.pem", "ecparam", "-name", "prime256v1", "-genkey"),
		"PKCS#1":                    b.openssl("pkcs1.pem", "rsa", "-in", rsa, "-traditional"),
		"encrypted PKCS#8 P-256":    b.openssl("p8.pem", "pkcs8", "-topk8", "-in", plain, "-passout", "pass:"+secret),
		"encrypted PKCS#8 RSA":      b.openssl("p8rsa.pem", "pkcs8", "-topk8", "-in", rsa, "-passout", "pass:"+secret),
		"encrypted PKCS#8 Ed25519":  b.openssl("p8ed.pem", "pkcs8", "-topk8", "-in", ed25519, "-passout", "pass:"+secret),
		"encrypted PKCS#8 scrypt":   b.openssl("p8scrypt.pem", "pkcs8", "-topk8", "-scrypt", "-in", plain, "-passout", "pass:"+secret),
		"cosign today":              b.sigstore("sigstore.pem", "ENCRYPTED SIGSTORE PRIVATE KEY", "p256"),
		"cosign before":             b.sigstore("cosign.pem", "ENCRYPTED COSIGN PRIVATE KEY", "p256"),
		"cosign import-key-pair":    b.sigstore("imported.pem", "ENCRYPTED SIGSTORE PRIVATE KEY", "rsa2048"),
		"OpenSSH Ed25519":           b.ssh("ssh-ed25519", "", "-t", "ed25519"),
		"OpenSSH P-256":             b.ssh("ssh-p256", "", "-t", "ecdsa", "-b", "256"),
		"OpenSSH RSA":               b.ssh("ssh-rsa", "", "-t", "rsa", "-b", "2048"),
		"OpenSSH Ed25519 encrypted": b.ssh("ssh-secret", secret, "-t", "ed25519"),
	} {
		t.Run(name, func(t *testing.T) {
			signer, err := LoadSigner(path, []byte(secret))
			if err != nil {
				t.Fatal(err)
			}
			key, err := ParseVerifier(signer.PublicKeyPEM())
			if err != nil {
				t.Fatal(err)
			}
			message := []byte("the statement")
			signature, err := signer.sign(message)
			if err != nil || !key.verify(message, signature) || key.verify(message[1:], signature) {
				t.Errorf("signature %x, error %v", signature, err)
			}
			signer.Wipe()
			if again, err := signer.sign(message); err == nil {
				t.Errorf("a wiped key signs: %x", again)
			}
			if signer.Fingerprint() != key.Fingerprint() {
				t.Error("the wiped signer has another public half")
			}
		})
	}
}

func TestKeysThatAreRefusedAreNamedWithTheirCure(t *testing.T) {
	b := keyBench{t, t.TempDir()}
	genpkey := "openssl genpkey -algorithm ed25519"
	p256 := b.openssl("p256.pem", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
	locked := b.openssl("locked.pem", "pkcs8", "-topk8", "-in", p256, "-passout", "pass:"+secret)
	group := b.write("group.pem", read(t, p256))
	if err := os.Chmod(group, 0o640); err != nil {
		t.Fatal(err)
	}
	dsa := b.openssl("dsaparam.pem", "dsaparam", "1024")
	wrongAll := "passphrase is wrong, or it is damaged"
	var missing = []string{"it is encrypted", "signing_key_passphrase", "signing_key_passphrase_file", PassphraseVariable}
	for _, c := range []struct {
		name, path, passphrase string
		want                   []string
	}{
		{"P-384", b.openssl("p384.pem", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"), "", []string{"ECDSA", "P-384", "P-256", genpkey}},
		{"P-521 in SEC1", b.openssl("p521.pem", "ecparam", "-name", "secp521r1", "-genkey"), "", []string{"ECDSA", "P-521", "P-256", genpkey}},
		{"secp256k1", b.openssl("k1.pem", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"), "", []string{"secp256k1", "P-256", genpkey}},
		{"secp256k1 in SEC1", b.openssl("k1sec1.pem", "ecparam", "-name", "secp256k1", "-genkey"), "", []string{"curve that is not known", genpkey}},
		{"P-384 of OpenSSH", b.ssh("ssh384", "", "-t", "ecdsa", "-b", "384"), "", []string{"P-384", genpkey}},
		{"DSA", b.openssl("dsa.pem", "genpkey", "-paramfile", dsa), "", []string{"DSA", "Ed25519, ECDSA P-256 or RSA", genpkey}},
		{"DSA traditional", b.openssl("dsatrad.pem", "dsa", "-in", filepath.Join(b.dir, "dsa.pem")), "", []string{"DSA", genpkey}},
		{"X25519", b.openssl("x25519.pem", "genpkey", "-algorithm", "X25519"), "", []string{"X25519", "Ed25519, ECDSA P-256 or RSA", genpkey}},
		{"X448", b.openssl("x448.pem", "genpkey", "-algorithm", "X448"), "", []string{"X448", genpkey}},
		{"Ed448", b.openssl("ed448.pem", "genpkey", "-algorithm", "ED448"), "", []string{"Ed448", genpkey}},
		{"RSA-PSS", b.openssl("pss.pem", "genpkey", "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"), "", []string{"RSA-PSS", genpkey}},
		{"X25519, encrypted", b.openssl("x25519enc.pem", "pkcs8", "-topk8", "-in", filepath.Join(b.dir, "x25519.pem"), "-passout", "pass:"+secret), secret, []string{"X25519", genpkey}},
		{"Ed448, encrypted", b.openssl("ed448enc.pem", "pkcs8", "-topk8", "-in", filepath.Join(b.dir, "ed448.pem"), "-passout", "pass:"+secret), secret, []string{"of a kind other than Ed25519, ECDSA P-256 and RSA"}},
		{"RSA 1024", b.openssl("rsa1024.pem", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"), "", []string{"RSA", "1024 bits", "2048", genpkey}},
		{"RSA 1024 in PKCS#1", b.openssl("rsa1024trad.pem", "rsa", "-in", filepath.Join(b.dir, "rsa1024.pem"), "-traditional"), "", []string{"RSA", "1024 bits", "2048"}},
		{"public key", b.openssl("public.pem", "pkey", "-in", p256, "-pubout"), "", []string{"public key", "expected a private key"}},
		{"public key of OpenSSH", b.ssh("id", "", "-t", "ed25519") + ".pub", "", []string{"public key of OpenSSH", "expected a private key", "without .pub"}},
		{"certificate", b.openssl("cert.pem", "req", "-x509", "-new", "-key", p256, "-subj", "/CN=x", "-days", "1"), "", []string{"certificate", "expected a private key"}},
		{"DER", b.openssl("p256.der", "pkey", "-in", p256, "-outform", "DER"), "", []string{"binary (DER", "openssl pkey -inform DER"}},
		{"small DER", b.openssl("ed25519.der", "genpkey", "-algorithm", "ed25519", "-outform", "DER"), "", []string{"binary (DER", "openssl pkey -inform DER"}},
		{"PKCS#12", b.openssl("key.p12", "pkcs12", "-export", "-nocerts", "-inkey", p256, "-passout", "pass:"+secret), "", []string{"PKCS#12", "openssl pkcs12"}},
		{"PuTTY", b.write("key.ppk", []byte("PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n")), "", []string{"PuTTY", "puttygen"}},
		{"JWK", b.write("key.jwk", []byte(`{"kty":"OKP","crv":"Ed25519"}`)), "", []string{"JWK", "PEM", genpkey}},
		{"PGP", b.write("key.asc", []byte("-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlFgEZ\n=aaaa\n-----END PGP PRIVATE KEY BLOCK-----\n")), "", []string{"PGP", genpkey}},
		{"key and certificate", b.write("both.pem", append(read(t, p256), read(t, filepath.Join(b.dir, "cert.pem"))...)), "", []string{"private key and a certificate", "expected one private key alone"}},
		{"encrypted, no passphrase", locked, "", missing},
		{"encrypted, wrong passphrase", locked, "no horse", []string{wrongAll}},
		{"cosign, no passphrase", b.sigstore("sigstore.pem", "ENCRYPTED SIGSTORE PRIVATE KEY", "p256"), "", missing},
		{"cosign, wrong passphrase", filepath.Join(b.dir, "sigstore.pem"), "no horse", []string{wrongAll}},
		{"cosign, P-384", b.sigstore("sigstore384.pem", "ENCRYPTED SIGSTORE PRIVATE KEY", "p384"), secret, []string{"P-384", genpkey}},
		{"OpenSSH, no passphrase", b.ssh("sshlocked", secret, "-t", "ed25519"), "", missing},
		{"OpenSSH, wrong passphrase", filepath.Join(b.dir, "sshlocked"), "no horse", []string{wrongAll}},
		{"encrypted in the old form", b.openssl("old.pem", "rsa", "-in", b.openssl("rsa.pem", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"), "-traditional", "-aes128", "-passout", "pass:"+secret), secret, []string{"old OpenSSL form", "openssl pkcs8 -topk8"}},
		{"readable by the group", group, "", []string{"read by others", "0640", "chmod 600"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			signer, err := LoadSigner(c.path, []byte(c.passphrase))
			if err == nil {
				t.Fatalf("accepted: %s", signer.Fingerprint())
			}
			for _, want := range append(c.want, c.path) {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %v\nwant …%s…", err, want)
				}
			}
			if strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "no horse") {
				t.Errorf("the passphrase stands in the error: %v", err)
			}
		})
	}
}
