package main

import (
	"context"
	"maps"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// Invoke runs command:local:run each time it is asked, in previews too.
func (p *commandProvider) Invoke(ctx context.Context, request plugin.InvokeRequest) (plugin.InvokeResponse, error) {
	if request.Tok != runToken {
		return plugin.InvokeResponse{}, notServed(string(request.Tok))
	}
	if failures := checkRun(request.Args); len(failures) > 0 {
		return plugin.InvokeResponse{Failures: failures}, nil
	}
	e, err := newExecution(request.Args, "command")
	if err != nil {
		return plugin.InvokeResponse{}, err
	}
	ctx, end := p.operation(ctx, 0)
	defer end()
	made, err := p.run(ctx, e)
	if err != nil {
		return plugin.InvokeResponse{}, err
	}
	result := maps.Clone(request.Args)
	maps.Copy(result, made)
	return plugin.InvokeResponse{Properties: result}, nil
}
