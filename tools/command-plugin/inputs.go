package main

import (
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// processInputs say how a command's process is run. Nil means not given.
type processInputs struct {
	stdin                  *string
	logging                *string
	interpreter            *[]string
	dir                    *string
	environment            map[string]string
	assetPaths             *[]string
	archivePaths           *[]string
	addPreviousOutputInEnv *bool
}

var processKeys = []string{
	"addPreviousOutputInEnv", "archivePaths", "assetPaths", "dir", "environment", "interpreter", "logging", "stdin",
}

var commandKeys = append([]string{"create", "update", "delete", "triggers"}, processKeys...)

var runKeys = append([]string{"command"}, processKeys...)

// The kinds of logging; none given means stdoutAndStderr.
var loggings = []string{"stdout", "stderr", "stdoutAndStderr", "none"}

func (f *fields) processInputs() processInputs {
	return processInputs{
		stdin:                  f.text("stdin"),
		logging:                f.logging(),
		interpreter:            f.texts("interpreter"),
		dir:                    f.text("dir"),
		environment:            f.textMap("environment"),
		assetPaths:             f.texts("assetPaths"),
		archivePaths:           f.texts("archivePaths"),
		addPreviousOutputInEnv: f.truth("addPreviousOutputInEnv"),
	}
}

func (f *fields) logging() *string {
	logging := f.text("logging")
	if logging != nil && !slices.Contains(loggings, *logging) {
		f.fail("logging", "must be one of "+strings.Join(loggings, ", "))
	}
	return logging
}

// showsOutput says whether the output stream is shown in the engine's log.
func (p processInputs) showsOutput(stream string) bool {
	return p.logging == nil || *p.logging == stream || *p.logging == "stdoutAndStderr"
}

// checkCommand says all that is wrong with the inputs of command:local:Command.
func checkCommand(inputs resource.PropertyMap) []plugin.CheckFailure {
	f := fields{properties: inputs}
	f.text("create")
	f.text("update")
	f.text("delete")
	f.list("triggers")
	f.processInputs()
	f.refuseOthers(commandKeys)
	return f.failures
}

// checkRun says all that is wrong with the arguments of command:local:run.
func checkRun(arguments resource.PropertyMap) []plugin.CheckFailure {
	f := fields{properties: arguments}
	if f.text("command") == nil && !arguments.HasValue("command") {
		f.fail("command", "is missing: it is the command to run")
	}
	f.processInputs()
	f.refuseOthers(runKeys)
	return f.failures
}
