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

func runSimulate(s streams, args []string) error {
	f := flags(s, "simulate", usageOf("simulate"))
	listen := f.String("listen", "127.0.0.1:2222", "the `address` to listen on; port 0 takes a free one")
	if err := parse(f, args); err != nil {
		return err
	}
	if f.NArg() != 1 {
		return errUsage
	}
	definition, err := aixsim.LoadFile(f.Arg(0))
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
