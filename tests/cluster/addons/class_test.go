package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

const aClass = `
metadata: {name: api}
spec:
  provider: azure
  parameters:
    usePodIdentity: "false"
    tenantId: tenant
    clientID: client
    keyvaultName: kv
    objects: |
      array:
        - |
          objectName: key
          objectType: secret
        - |
          objectName: gateway-tls
          objectType: secret
          objectAlias: tls
  secretObjects: [{secretName: tls, type: kubernetes.io/tls, data: [{objectName: tls, key: tls.crt}]}]
`

func TestAClassIsRead(t *testing.T) {
	class := object(t, aClass, parseClass)
	if class.tenant != "tenant" || class.client != "client" || class.vault != "kv" || len(class.secrets) != 1 {
		t.Errorf("%+v", class)
	}
	if len(class.objects) != 2 || class.objects[0].file() != "key" || class.objects[1].Name != "gateway-tls" || class.objects[1].file() != "tls" {
		t.Errorf("%+v", class.objects)
	}
}

func TestAClassThatIsNotOursIsRefused(t *testing.T) {
	for _, change := range [][2]string{
		{"provider: azure", "provider: vault"}, {`usePodIdentity: "false"`, `usePodIdentity: "true"`}, {"objectName: key", `objectName: ""`},
		{"objectType: secret\n        -", "objectType: key\n        -"}, {"objectAlias: tls", "objectAlias: ../tls"}, {"objectAlias: tls", "objectAlias: ..data"},
		{"objectAlias: tls", "objectVersoin: tls"}, {"array:", "list:"},
	} {
		text := strings.Replace(aClass, change[0], change[1], 1)
		if text == aClass {
			t.Fatal(change)
		}
		object := object(t, text, func(o *unstructured.Unstructured) (*unstructured.Unstructured, error) { return o, nil })
		if class, err := parseClass(object); err == nil {
			t.Errorf("%s is taken: %+v", change[1], class)
		}
	}
}

func TestACertificateIsHalved(t *testing.T) {
	both := "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----\nAQ==\n-----END CERTIFICATE-----\n"
	key, certificate := string(half([]byte(both), "tls.key")), string(half([]byte(both), "tls.crt"))
	if key+certificate != both || !strings.Contains(key, "PRIVATE") || strings.Contains(certificate, "PRIVATE") {
		t.Error(key, certificate)
	}
}

func TestFilesAreReplacedAtOneMoment(t *testing.T) {
	folder := t.TempDir()
	for _, content := range []string{"first", "second"} {
		if err := replace(folder, map[string][]byte{"key": []byte(content)}); err != nil {
			t.Fatal(err)
		}
		if found, err := os.ReadFile(filepath.Join(folder, "key")); err != nil || string(found) != content {
			t.Error(string(found), err)
		}
	}
	states, _ := filepath.Glob(filepath.Join(folder, "..state-*"))
	if len(states) != 1 {
		t.Error("an old state is left:", states)
	}
}

func TestADigestTellsFilesApart(t *testing.T) {
	of := func(pairs ...string) string {
		files := map[string][]byte{}
		for at := 0; at < len(pairs); at += 2 {
			files[pairs[at]] = []byte(pairs[at+1])
		}
		return digestOf(files)
	}
	if of("a", "1", "b", "2") != of("b", "2", "a", "1") || of("a", "1") == of("a", "2") || of("a", "1") == of("b", "1") || of("a", "1", "b", "") == of("a", "", "b", "1") {
		t.Error("a digest")
	}
}
