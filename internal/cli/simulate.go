// SPDX-License-Identifier: MPL-2.0

package cli

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"

	"github.com/powervs-aix/packer-plugin-rsct/internal/aixsim"
)

func simulateCommand() *command {
	c := newCommand("simulate", "HOST.hcl", "serve a simulated AIX host over SSH")
	c.long = "For demonstrations, tests and scripts in the making. Log in as root with the password aix. It serves until it is interrupted, and forgets what was changed on it. Nothing of this machine can be reached through it."
	c.examples = []example{
		{program + " simulate example/hosts/powervs-aix73.hcl", "a healthy host, on port 2222 of this machine"},
		{program + " simulate -listen 127.0.0.1:0 example/hosts/rmc-stopped.hcl", "a broken one, on a free port, which it prints"},
	}
	c.operand = hint{files: true}
	listen := c.flags.String("listen", "127.0.0.1:2222", "the `address` to listen on; port 0 takes a free one")
	c.run = func(s streams, args []string) error {
		if len(args) != 1 {
			return errUsage
		}
		definition, err := aixsim.LoadFile(args[0])
		if err != nil {
			return err
		}
		host, err := aixsim.New(definition)
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
		if err := host.Serve(ctx, listener); err != nil && ctx.Err() == nil {
			return err
		}
		return nil
	}
	return c
}
