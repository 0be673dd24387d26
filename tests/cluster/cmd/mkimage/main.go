// mkimage writes a one-layer image archive from files, the same bytes for the same input: no daemon, no base image.
//
//	mkimage -o OUT -ref REF [-entrypoint A,B] [-env K=V]... [-user U] SPEC...
//	SPEC: /path=file[:mode]   /link->target   /folder/[:mode]
package main

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path"
	"sort"
	"strconv"
	"strings"
)

type list []string

func (l *list) String() string         { return strings.Join(*l, ",") }
func (l *list) Set(value string) error { *l = append(*l, value); return nil }

func fatal(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "mkimage:", err)
		os.Exit(1)
	}
}

// modeOf splits a trailing :mode (octal) from a spec.
func modeOf(spec string, standard int64) (string, int64) {
	if at := strings.LastIndex(spec, ":"); at >= 0 {
		if mode, err := strconv.ParseInt(spec[at+1:], 8, 32); err == nil {
			return spec[:at], mode
		}
	}
	return spec, standard
}

func entry(spec string) (tar.Header, []byte) {
	if link, target, ok := strings.Cut(spec, "->"); ok {
		return tar.Header{Typeflag: tar.TypeSymlink, Name: link, Linkname: target, Mode: 0o777}, nil
	}
	if name, source, ok := strings.Cut(spec, "="); ok {
		source, mode := modeOf(source, 0o755)
		data, err := os.ReadFile(source)
		fatal(err)
		return tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: mode, Size: int64(len(data))}, data
	}
	name, mode := modeOf(spec, 0o755)
	return tar.Header{Typeflag: tar.TypeDir, Name: name, Mode: mode}, nil
}

// layer writes the specs in order of their names, with every parent folder before what is in it.
func layer(specs []string) []byte {
	type item struct {
		header tar.Header
		data   []byte
	}
	items := map[string]item{}
	for _, spec := range specs {
		header, data := entry(spec)
		header.Name = strings.TrimPrefix(header.Name, "/")
		items[strings.TrimSuffix(header.Name, "/")] = item{header, data}
		for parent := path.Dir(strings.TrimSuffix(header.Name, "/")); parent != "."; parent = path.Dir(parent) {
			if _, ok := items[parent]; !ok {
				items[parent] = item{tar.Header{Typeflag: tar.TypeDir, Name: parent + "/", Mode: 0o755}, nil}
			}
		}
	}
	names := make([]string, 0, len(items))
	for name := range items {
		names = append(names, name)
	}
	sort.Strings(names)
	var buffer bytes.Buffer
	writer := tar.NewWriter(&buffer)
	for _, name := range names {
		header := items[name].header
		fatal(writer.WriteHeader(&header))
		_, err := writer.Write(items[name].data)
		fatal(err)
	}
	fatal(writer.Close())
	return buffer.Bytes()
}

func main() {
	out := flag.String("o", "", "archive to write")
	ref := flag.String("ref", "", "image reference")
	entrypoint := flag.String("entrypoint", "", "comma-separated argument vector")
	user := flag.String("user", "", "uid[:gid]")
	var env list
	flag.Var(&env, "env", "K=V")
	flag.Parse()
	data := layer(flag.Args())
	config := map[string]any{
		"architecture": "amd64", "os": "linux", "created": "1970-01-01T00:00:00Z",
		"config": map[string]any{"Entrypoint": strings.Split(*entrypoint, ","), "Env": []string(env), "User": *user},
		"rootfs": map[string]any{"type": "layers", "diff_ids": []string{fmt.Sprintf("sha256:%x", sha256.Sum256(data))}},
	}
	configText, err := json.Marshal(config)
	fatal(err)
	configName := fmt.Sprintf("%x.json", sha256.Sum256(configText))
	manifest, err := json.Marshal([]any{map[string]any{"Config": configName, "RepoTags": []string{*ref}, "Layers": []string{"layer.tar"}}})
	fatal(err)
	file, err := os.Create(*out)
	fatal(err)
	writer := tar.NewWriter(file)
	for _, part := range []struct {
		name string
		data []byte
	}{{configName, configText}, {"layer.tar", data}, {"manifest.json", manifest}} {
		fatal(writer.WriteHeader(&tar.Header{Name: part.name, Mode: 0o644, Size: int64(len(part.data))}))
		_, err := writer.Write(part.data)
		fatal(err)
	}
	fatal(writer.Close())
	fatal(file.Close())
}
