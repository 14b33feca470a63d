// Command pulumi-resource-command stands in for the official Pulumi command plugin where that cannot be
// downloaded. It serves command:local:Command and command:local:run with the same inputs, outputs and rules.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/provider"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

func main() {
	commands := newCommandProvider()
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		waitForEnd()
		commands.shutDown()
		stop()
	}()
	err := provider.MainContext(ctx, "command", func(host *provider.HostClient) (pulumirpc.ResourceProviderServer, error) {
		if host != nil {
			commands.engine = host
		}
		return plugin.NewProviderServer(commands), nil
	})
	// The server does not wait for requests whose connection is gone.
	commands.shutDown()
	commands.running.Wait()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// waitForEnd returns when the engine is done with this plugin, or is gone. The engine holds the other end of our
// standard input, so that an engine that was killed shows there as the end of the input.
func waitForEnd() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	engineGone := make(chan struct{})
	if input, err := os.Stdin.Stat(); err == nil && input.Mode()&os.ModeNamedPipe != 0 {
		go func() {
			defer close(engineGone)
			_, _ = io.Copy(io.Discard, os.Stdin)
		}()
	}
	select {
	case <-signals:
	case <-engineGone:
	}
}
