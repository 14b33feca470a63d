package main

import (
	"context"
	"errors"
	"maps"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

func (p *commandProvider) Check(_ context.Context, request plugin.CheckRequest) (plugin.CheckResponse, error) {
	if request.Type != commandToken {
		return plugin.CheckResponse{}, notServed(string(request.Type))
	}
	return plugin.CheckResponse{Properties: request.News, Failures: checkCommand(request.News)}, nil
}

// Diff compares inputs alone: any change is an update, a changed trigger a replacement.
func (p *commandProvider) Diff(_ context.Context, request plugin.DiffRequest) (plugin.DiffResponse, error) {
	changes := request.OldInputs.Diff(request.NewInputs)
	if changes == nil {
		return plugin.DiffResponse{Changes: plugin.DiffNone}, nil
	}
	detailed := plugin.NewDetailedDiffFromObjectDiff(changes, true)
	for path, change := range detailed {
		if path == "triggers" || strings.HasPrefix(path, "triggers[") {
			change.Kind = change.Kind.AsReplace()
			detailed[path] = change
		}
	}
	return plugin.DiffResponse{Changes: plugin.DiffSome, DetailedDiff: detailed}, nil
}

func (p *commandProvider) Create(
	ctx context.Context, request plugin.CreateRequest,
) (response plugin.CreateResponse, err error) {
	if request.Preview {
		return plugin.CreateResponse{Properties: preview(request.Properties)}, nil
	}
	response.ID, err = newID(request.Name)
	if err != nil {
		return response, err
	}
	response.Properties, err = p.apply(ctx, request.URN, request.Timeout, request.Properties, nil, "create")
	return response, err
}

func (p *commandProvider) Update(
	ctx context.Context, request plugin.UpdateRequest,
) (response plugin.UpdateResponse, err error) {
	if request.Preview {
		return plugin.UpdateResponse{Properties: preview(request.NewInputs)}, nil
	}
	step := resource.PropertyKey("update")
	if !request.NewInputs.HasValue("update") {
		step = "create"
	}
	response.Properties, err = p.apply(ctx, request.URN, request.Timeout, request.NewInputs, request.OldOutputs, step)
	return response, err
}

// Delete runs with what the state says: the program may have changed, or be gone.
func (p *commandProvider) Delete(ctx context.Context, request plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	_, err := p.apply(ctx, request.URN, request.Timeout, request.Outputs, request.Outputs, "delete")
	return plugin.DeleteResponse{}, err
}

// Read gives the state back as it is: nothing says what a command made.
func (p *commandProvider) Read(_ context.Context, request plugin.ReadRequest) (plugin.ReadResponse, error) {
	if len(request.State) == 0 {
		return plugin.ReadResponse{}, errors.New(
			"a command cannot be imported or looked up: only running it gives its outputs. Create it instead")
	}
	return plugin.ReadResponse{ReadResult: plugin.ReadResult{
		ID: request.ID, Inputs: request.Inputs, Outputs: request.State,
	}}, nil
}

// apply runs the command of one step, if there is one, and gives the new state: the inputs and the outputs, where
// outputs that the command did not make anew stay as they were.
func (p *commandProvider) apply(
	ctx context.Context, urn resource.URN, timeout float64, inputs, state resource.PropertyMap, step resource.PropertyKey,
) (resource.PropertyMap, error) {
	outputs := keepOutputs(inputs, state)
	if !inputs.HasValue(step) {
		return outputs, nil
	}
	e, err := newExecution(inputs, step)
	if err != nil {
		return nil, err
	}
	e.urn, e.previous = urn, readPreviousOutput(state)
	p.announce(ctx)
	ctx, end := p.operation(ctx, timeout)
	defer end()
	made, err := p.run(ctx, e)
	maps.Copy(outputs, made)
	return outputs, err
}

func readPreviousOutput(state resource.PropertyMap) previousOutput {
	stdout, _ := asText(open(state["stdout"]))
	stderr, _ := asText(open(state["stderr"]))
	return previousOutput{stdout, stderr}
}

var outputKeys = []resource.PropertyKey{"stdout", "stderr", "assets", "archive"}

// keepOutputs gives the inputs with the outputs of the state, and empty texts where there are none.
func keepOutputs(inputs, state resource.PropertyMap) resource.PropertyMap {
	outputs := resource.PropertyMap{"stdout": resource.NewProperty(""), "stderr": resource.NewProperty("")}
	maps.Copy(outputs, inputs)
	for _, key := range outputKeys {
		if value, ok := state[key]; ok {
			outputs[key] = value
		}
	}
	return outputs
}

// preview gives the inputs with outputs that are not known yet.
func preview(inputs resource.PropertyMap) resource.PropertyMap {
	unknown := resource.MakeComputed(resource.NewProperty(""))
	outputs := maps.Clone(inputs)
	outputs["stdout"], outputs["stderr"] = unknown, unknown
	if inputs.HasValue("assetPaths") {
		outputs["assets"] = unknown
	}
	if inputs.HasValue("archivePaths") {
		outputs["archive"] = unknown
	}
	return outputs
}

func newID(name string) (resource.ID, error) {
	id, err := resource.NewUniqueHex(name, 8, 0)
	return resource.ID(id), err
}
