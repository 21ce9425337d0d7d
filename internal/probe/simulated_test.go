// SPDX-License-Identifier: MPL-2.0

package probe

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/hashicorp/packer-plugin-sdk/sdk-internals/communicator/ssh"
	gossh "golang.org/x/crypto/ssh"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aix"
	"github.com/powervs-aix/packer-plugin-rsct/internal/aixsim"
)

// A collection over Packer's own SSH communicator: one exec, and every probe reads.
func TestCollectionIsOneChannelAndReadsTheWholeHost(t *testing.T) {
	for _, pty := range []bool{false, true} {
		host, err := aixsim.New(aixsim.Default())
		if err != nil {
			t.Fatal(err)
		}
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		served := make(chan error, 1)
		go func() { served <- host.Serve(ctx, listener) }()
		t.Cleanup(func() {
			cancel()
			_ = host.Close()
			<-served
		})
		address := listener.Addr().String()
		comm, err := ssh.New(address, &ssh.Config{
			SSHConfig: &gossh.ClientConfig{
				User: "root", Auth: []gossh.AuthMethod{gossh.Password("aix")},
				HostKeyCallback: gossh.InsecureIgnoreHostKey(), //nolint:gosec // a host of this test on loopback
			},
			Connection: ssh.ConnectFunc("tcp", address),
			Pty:        pty,
		})
		if err != nil {
			t.Fatal(err)
		}
		guest := &Guest{Communicator: comm, Timeout: time.Minute}
		collection, err := guest.Collect(t.Context(), time.Now)
		if err != nil {
			t.Fatalf("pty=%t: %v", pty, err)
		}
		if host.Channels() != 1 {
			t.Errorf("pty=%t: %d channels", pty, host.Channels())
		}
		facts := collection.Facts()
		if name, _ := facts.Management.Interface.Get(); name != "en1" {
			t.Errorf("pty=%t: management interface %q", pty, name)
		}
		for _, u := range aix.Unknowns(*facts) {
			if u.Path != "rmc.remote_clients" {
				t.Errorf("pty=%t: %s is unknown: %s", pty, u.Path, u.Why)
			}
		}
	}
}
