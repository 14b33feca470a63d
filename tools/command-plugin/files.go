package main

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/gobwas/glob"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/archive"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/asset"
)

// files gives the outputs that were asked for by patterns: assets, archive, both or none.
func (e execution) files() (resource.PropertyMap, error) {
	outputs := resource.PropertyMap{}
	directory, err := e.directory()
	if err != nil {
		return nil, err
	}
	if e.inputs.assetPaths != nil {
		assets, err := assetsMatching(directory, *e.inputs.assetPaths)
		if err != nil {
			return nil, fmt.Errorf("assetPaths: %w", err)
		}
		properties := resource.PropertyMap{}
		for name, file := range assets {
			properties[resource.PropertyKey(name)] = resource.NewProperty(file)
		}
		outputs["assets"] = resource.NewProperty(properties)
	}
	if e.inputs.archivePaths != nil {
		assets, err := assetsMatching(directory, *e.inputs.archivePaths)
		if err != nil {
			return nil, fmt.Errorf("archivePaths: %w", err)
		}
		members := make(map[string]any, len(assets))
		for name, file := range assets {
			members[name] = file
		}
		made, err := archive.FromAssets(members)
		if err != nil {
			return nil, fmt.Errorf("archivePaths: %w", err)
		}
		outputs["archive"] = resource.NewProperty(made)
	}
	return outputs, nil
}

// directory is where the command ran; a relative one is kept so that the state does not name the checkout.
func (e execution) directory() (string, error) {
	if e.inputs.dir != nil && *e.inputs.dir != "" {
		return *e.inputs.dir, nil
	}
	return os.Getwd()
}

// assetsMatching gives the files under the directory that the patterns choose, by their paths in it.
func assetsMatching(directory string, patterns []string) (map[string]*asset.Asset, error) {
	chooses, err := compile(patterns)
	if err != nil {
		return nil, err
	}
	assets := map[string]*asset.Asset{}
	err = fs.WalkDir(os.DirFS(directory), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !chooses(name) {
			return err
		}
		assets[name], err = asset.FromPath(path.Join(directory, name))
		return err
	})
	return assets, err
}

// compile gives the rule that the patterns make together: the last one that matches a path decides, and one with a
// leading ! leaves the path out.
func compile(patterns []string) (func(name string) bool, error) {
	matchers := make([]glob.Glob, len(patterns))
	for i, pattern := range patterns {
		matcher, err := glob.Compile(strings.TrimPrefix(pattern, "!"), '/')
		if err != nil {
			return nil, fmt.Errorf("%q is no pattern: %w", pattern, err)
		}
		matchers[i] = matcher
	}
	return func(name string) bool {
		chosen := false
		for i, matcher := range matchers {
			if matcher.Match(name) {
				chosen = !strings.HasPrefix(patterns[i], "!")
			}
		}
		return chosen
	}, nil
}
