package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

const (
	commandToken = tokens.Type("command:local:Command")
	runToken     = tokens.ModuleMember("command:local:run")
)

// The version of the official plugin whose rules are kept here.
var version = semver.MustParse("1.2.1")

//go:embed schema.json
var schema []byte

// notice is shown once in a deployment that runs a command.
const notice = "command: running Groundwork's stand-in for the official command plugin v1.2.1 (local commands only)"

var (
	errCancelled = errors.New("the command was cancelled")
	errTimeout   = errors.New("the command did not end within the time limit of its resource")
)

// engineLog is the part of the engine that the plugin talks to.
type engineLog interface {
	Log(ctx context.Context, severity diag.Severity, urn resource.URN, message string) error
	LogStatus(ctx context.Context, severity diag.Severity, urn resource.URN, message string) error
}

// commandProvider answers the engine's requests.
type commandProvider struct {
	plugin.UnimplementedProvider
	engine engineLog
	// cancelled ends with the user's Ctrl-C, ending with the life of the plugin itself.
	cancelled, ending context.Context
	cancel, shutDown  context.CancelFunc
	// running counts the requests that may have a process.
	running   sync.WaitGroup
	sayNotice sync.Once
}

func newCommandProvider() *commandProvider {
	ending, shutDown := context.WithCancel(context.Background())
	cancelled, cancel := context.WithCancel(ending)
	return &commandProvider{
		engine: silence{}, cancelled: cancelled, cancel: cancel, ending: ending, shutDown: shutDown,
	}
}

func (p *commandProvider) Handshake(
	context.Context, plugin.ProviderHandshakeRequest,
) (*plugin.ProviderHandshakeResponse, error) {
	return &plugin.ProviderHandshakeResponse{AcceptSecrets: true, AcceptResources: true}, nil
}

func (p *commandProvider) GetPluginInfo(context.Context) (plugin.PluginInfo, error) {
	return plugin.PluginInfo{Version: &version}, nil
}

func (p *commandProvider) GetSchema(context.Context, plugin.GetSchemaRequest) (plugin.GetSchemaResponse, error) {
	return plugin.GetSchemaResponse{Schema: schema}, nil
}

func (p *commandProvider) CheckConfig(
	_ context.Context, request plugin.CheckConfigRequest,
) (plugin.CheckConfigResponse, error) {
	return plugin.CheckConfigResponse{Properties: request.News}, nil
}

func (p *commandProvider) DiffConfig(context.Context, plugin.DiffConfigRequest) (plugin.DiffConfigResponse, error) {
	return plugin.DiffConfigResponse{Changes: plugin.DiffNone}, nil
}

func (p *commandProvider) Configure(context.Context, plugin.ConfigureRequest) (plugin.ConfigureResponse, error) {
	return plugin.ConfigureResponse{}, nil
}

func (p *commandProvider) SignalCancellation(context.Context) error {
	p.cancel()
	return nil
}

// operation is the context of one request: it ends with the request, the user's Ctrl-C, the plugin, or after
// timeout seconds; 0 means no limit.
func (p *commandProvider) operation(request context.Context, timeout float64) (context.Context, context.CancelFunc) {
	p.running.Add(1)
	ctx, end := context.WithCancelCause(request)
	stop := context.AfterFunc(p.cancelled, func() { end(errCancelled) })
	finish := func() { stop(); end(nil); p.running.Done() }
	if timeout == 0 {
		return ctx, finish
	}
	limited, release := context.WithTimeoutCause(ctx, time.Duration(timeout*float64(time.Second)), errTimeout)
	return limited, func() { release(); finish() }
}

// announce says that this is the stand-in, once in a plugin's life: a deployment starts its own.
func (p *commandProvider) announce(ctx context.Context) {
	p.sayNotice.Do(func() { _ = p.engine.Log(ctx, diag.Info, "", notice) })
}

func notServed(token string) error {
	return fmt.Errorf("%s is not served: Groundwork's stand-in for the official command plugin has only %s and %s. "+
		"Where downloads are possible, `pulumi plugin install resource command %s --reinstall` installs the official one",
		token, commandToken, runToken, version)
}

// silence is the log of a plugin that no engine started.
type silence struct{}

func (silence) Log(context.Context, diag.Severity, resource.URN, string) error       { return nil }
func (silence) LogStatus(context.Context, diag.Severity, resource.URN, string) error { return nil }
