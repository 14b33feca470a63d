package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// fields reads typed values out of a property map and collects all that is wrong. Absent and unknown values read as
// nil; the mark of a secret is looked through.
type fields struct {
	properties resource.PropertyMap
	failures   []plugin.CheckFailure
}

func (f *fields) text(key resource.PropertyKey) *string {
	return readField(f, key, "a string", asText)
}

func (f *fields) truth(key resource.PropertyKey) *bool {
	return readField(f, key, "true or false", func(value resource.PropertyValue) (bool, bool) {
		truth, ok := value.V.(bool)
		return truth, ok
	})
}

func (f *fields) texts(key resource.PropertyKey) *[]string {
	return readField(f, key, "a list of strings", func(value resource.PropertyValue) ([]string, bool) {
		elements, ok := value.V.([]resource.PropertyValue)
		texts := make([]string, len(elements))
		for i, element := range elements {
			text, isText := asText(open(element))
			texts[i], ok = text, ok && isText
		}
		return texts, ok
	})
}

func (f *fields) textMap(key resource.PropertyKey) map[string]string {
	read := readField(f, key, "a map of strings", func(value resource.PropertyValue) (map[string]string, bool) {
		entries, ok := value.V.(resource.PropertyMap)
		texts := make(map[string]string, len(entries))
		for name, entry := range entries {
			text, isText := asText(open(entry))
			texts[string(name)], ok = text, ok && isText
		}
		return texts, ok
	})
	if read == nil {
		return nil
	}
	return *read
}

// list only checks: the elements may be anything.
func (f *fields) list(key resource.PropertyKey) {
	readField(f, key, "a list", func(value resource.PropertyValue) (any, bool) { return nil, value.IsArray() })
}

// refuseOthers adds a failure for each key that is not among the known ones.
func (f *fields) refuseOthers(known []string) {
	for _, key := range f.properties.StableKeys() {
		if !slices.Contains(known, string(key)) {
			f.fail(key, "is not an input here; the inputs are "+strings.Join(known, ", "))
		}
	}
}

func (f *fields) fail(key resource.PropertyKey, reason string) {
	f.failures = append(f.failures, plugin.CheckFailure{Property: key, Reason: reason})
}

func readField[T any](
	f *fields, key resource.PropertyKey, wanted string, as func(resource.PropertyValue) (T, bool),
) *T {
	property := f.properties[key]
	if property.IsNull() || property.ContainsUnknowns() {
		return nil
	}
	value, ok := as(open(property))
	if !ok {
		f.fail(key, fmt.Sprintf("must be %s", wanted))
		return nil
	}
	return &value
}

func asText(value resource.PropertyValue) (string, bool) {
	text, ok := value.V.(string)
	return text, ok
}

// open looks through the marks of secrets and of known outputs.
func open(value resource.PropertyValue) resource.PropertyValue {
	switch {
	case value.IsSecret():
		return open(value.SecretValue().Element)
	case value.IsOutput():
		return open(value.OutputValue().Element)
	}
	return value
}
