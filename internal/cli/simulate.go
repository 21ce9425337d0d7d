// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aixsim"
)

func simulateCommand() *command {
	c := newCommand("simulate", "HOST.hcl|IMAGE", "serve a simulated AIX host over SSH")
	c.long = "For demonstrations, tests and scripts in the making. Log in as root with the password aix. It serves until it is interrupted, and forgets what was changed on it, unless -capture keeps an image. Nothing of this machine can be reached through it.\n\n" +
		"With -deploy, the host is a new virtual machine made from the captured host: with new MAC addresses, a config drive, and what cloud-init does at first boot. Whether RMC comes up follows from what is in the image, and is said on standard error."
	c.examples = []example{
		{program + " simulate example/hosts/powervs-aix73.hcl", "a healthy host, on port 2222 of this machine"},
		{program + " simulate -listen 127.0.0.1:0 example/hosts/rmc-stopped.hcl", "a broken one, on a free port, which it prints"},
		{program + " simulate -capture golden.image example/hosts/powervs-aix73.hcl", "keep what a build made of it, when it is interrupted"},
		{program + " simulate -deploy golden.image", "a VM deployed from that"},
	}
	c.operand = hint{files: true}
	listen := c.flags.String("listen", "127.0.0.1:2222", "the `address` to listen on; port 0 takes a free one")
	deploy := c.flags.Bool("deploy", false, "capture the host and serve a new virtual machine that is deployed from the image")
	capture := c.file("capture", "the `file` to write a captured image to, when it is interrupted")
	c.run = func(s streams, args []string) error {
		if len(args) != 1 {
			return errUsage
		}
		host, err := simulated(args[0], *deploy)
		if err != nil {
			return err
		}
		defer host.Close()
		listener, err := net.Listen("tcp", *listen)
		if err != nil {
			return fmt.Errorf("-listen %s: %w", *listen, err)
		}
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		fmt.Fprintf(s.out, "listening on %s\n", listener.Addr())
		fmt.Fprintln(s.err, "a simulated AIX host; nothing of this machine can be reached through it; interrupt to stop")
		if up, why := host.RMC(); *deploy && up {
			fmt.Fprintln(s.err, "deployed as a new virtual machine: RMC is up")
		} else if *deploy {
			fmt.Fprintf(s.err, "deployed as a new virtual machine: RMC does not come up: %s\n", why)
		}
		if err := host.Serve(ctx, listener); err != nil && ctx.Err() == nil {
			return err
		}
		if *capture == "" {
			return nil
		}
		return writeImage(*capture, host.Capture())
	}
	return c
}

// simulated makes the host of a definition, or boots the one of an image; with deploy
// it is a new virtual machine made from that.
func simulated(path string, deploy bool) (*aixsim.Host, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	content := bufio.NewReader(file)
	head, _ := content.Peek(2)
	if aixsim.IsImage(head) {
		image, err := aixsim.DecodeImage(content)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if deploy {
			return image.Deploy(1)
		}
		return image.Boot()
	}
	definition, err := aixsim.LoadFile(path)
	if err != nil {
		return nil, err
	}
	host, err := aixsim.New(definition)
	if err != nil || !deploy {
		return host, err
	}
	defer host.Close()
	return host.Capture().Deploy(1)
}

// writeImage writes a captured image, whole or not at all.
func writeImage(path string, image *aixsim.Image) error {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("-capture: %w", err)
	}
	defer os.Remove(file.Name())
	err = errors.Join(image.Encode(file), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("-capture %s: %w", path, err)
	}
	return nil
}
