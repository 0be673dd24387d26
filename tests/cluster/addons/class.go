package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	v1 "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	core "k8s.io/client-go/applyconfigurations/core/v1"
	"sigs.k8s.io/yaml"
)

var classes = schema.GroupVersionResource{Group: "secrets-store.csi.x-k8s.io", Version: "v1", Resource: "secretproviderclasses"}

const classLabel = "sentimark.dev/secret-provider-class"

// Object is one entry of a class's parameter "objects", as Azure's provider defines it.
type Object struct {
	Name  string `json:"objectName"`
	Type  string `json:"objectType"`
	Alias string `json:"objectAlias"`
}

func (o Object) file() string {
	if o.Alias != "" {
		return o.Alias
	}
	return o.Name
}

// Class is what we read of a SecretProviderClass.
type Class struct {
	name, tenant, client, vault string
	objects                     []Object
	secrets                     []SecretObject
}

// SecretObject is a Kubernetes Secret that is kept beside the files.
type SecretObject struct {
	SecretName string `json:"secretName"`
	Type       string `json:"type"`
	Data       []struct {
		ObjectName string `json:"objectName"`
		Key        string `json:"key"`
	} `json:"data"`
}

func (c *Cluster) readClass(ctx context.Context, namespace, name string) (*Class, error) {
	found, err := c.dynamic.Resource(classes).Namespace(namespace).Get(ctx, name, meta.GetOptions{})
	if err != nil {
		return nil, err
	}
	return parseClass(found)
}

func parseClass(found *unstructured.Unstructured) (*Class, error) {
	var spec struct {
		Provider      string            `json:"provider"`
		Parameters    map[string]string `json:"parameters"`
		SecretObjects []SecretObject    `json:"secretObjects"`
	}
	written, _, _ := unstructured.NestedMap(found.Object, "spec")
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(written, &spec); err != nil {
		return nil, err
	}
	parameters := spec.Parameters
	if spec.Provider != "azure" || parameters["usePodIdentity"] != "false" {
		return nil, fmt.Errorf("only provider azure with a workload identity is known here")
	}
	class := &Class{name: found.GetName(), tenant: parameters["tenantId"], client: parameters["clientID"], vault: parameters["keyvaultName"], secrets: spec.SecretObjects}
	var list struct {
		Array []string `json:"array"`
	}
	if err := yaml.UnmarshalStrict([]byte(parameters["objects"]), &list); err != nil {
		return nil, err
	}
	for _, text := range list.Array {
		var object Object
		if err := yaml.UnmarshalStrict([]byte(text), &object); err != nil {
			return nil, err
		}
		if object.Type != "secret" || object.Name == "" || strings.ContainsAny(object.file(), "/") || strings.HasPrefix(object.file(), "..") {
			return nil, fmt.Errorf("object %q of type %q into file %q: only secrets, each in a file of the folder", object.Name, object.Type, object.file())
		}
		class.objects = append(class.objects, object)
	}
	return class, nil
}

// keepSecrets writes the class's Kubernetes Secrets. A certificate of the vault is one text with its key: each entry gets its half.
func (c *Cluster) keepSecrets(ctx context.Context, namespace string, class *Class, files map[string][]byte) error {
	for _, secret := range class.secrets {
		data := map[string][]byte{}
		for _, entry := range secret.Data {
			content, ok := files[entry.ObjectName]
			if !ok {
				return fmt.Errorf("secretObjects: %s names no object", entry.ObjectName)
			}
			data[entry.Key] = half(content, entry.Key)
		}
		wanted := core.Secret(secret.SecretName, namespace).WithType(v1.SecretType(secret.Type)).WithData(data).
			WithLabels(map[string]string{"secrets-store.csi.k8s.io/managed": "true", classLabel: class.name})
		if _, err := c.CoreV1().Secrets(namespace).Apply(ctx, wanted, meta.ApplyOptions{FieldManager: driverName, Force: true}); err != nil {
			return err
		}
	}
	return nil
}

// dropSecrets: they live as long as a pod mounts them.
func (c *Cluster) dropSecrets(ctx context.Context, namespace, class string) error {
	return c.CoreV1().Secrets(namespace).DeleteCollection(ctx, meta.DeleteOptions{}, meta.ListOptions{LabelSelector: classLabel + "=" + class})
}

func half(content []byte, key string) []byte {
	var out bytes.Buffer
	for block, rest := pem.Decode(content); block != nil; block, rest = pem.Decode(rest) {
		if secret := strings.HasSuffix(block.Type, "PRIVATE KEY"); secret == (key == v1.TLSPrivateKeyKey) {
			_ = pem.Encode(&out, block)
		}
	}
	return out.Bytes()
}

func digestOf(files map[string][]byte) string {
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	total := sha256.New()
	for _, name := range names {
		fmt.Fprintf(total, "%q %d\n%s", name, len(files[name]), files[name])
	}
	return fmt.Sprintf("%x", total.Sum(nil))
}

// replace puts all files in place of the old ones at one moment, as the kubelet does it: a folder of its own for each state, and
// a link "..data" that is renamed onto the old one.
func replace(target string, files map[string][]byte) error {
	state, err := os.MkdirTemp(target, "..state-")
	if err != nil {
		return err
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(state, name), content, 0o644); err != nil {
			return err
		}
	}
	if err := os.Chmod(state, 0o755); err != nil {
		return err
	}
	data, next := filepath.Join(target, "..data"), filepath.Join(target, "..next")
	before, _ := os.Readlink(data)
	if err := os.Symlink(filepath.Base(state), next); err != nil {
		return err
	}
	if err := os.Rename(next, data); err != nil {
		return err
	}
	for name := range files {
		if err := os.Symlink(filepath.Join("..data", name), filepath.Join(target, name)); err != nil && !os.IsExist(err) {
			return err
		}
	}
	if before != "" {
		return os.RemoveAll(filepath.Join(target, before))
	}
	return nil
}
