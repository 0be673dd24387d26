package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"
)

// The audience that Entra wants of a token of Kubernetes.
const audience = "api://AzureADTokenExchange"

// Azure is where Microsoft's own libraries find Entra and Key Vault: whatever name they ask for, the emulator answers, and
// proves that it bears that name.
type Azure struct{ options azcore.ClientOptions }

func readAzure(state string) (*Azure, error) {
	text, err := os.ReadFile(filepath.Join(state, "endpoint.json"))
	if err != nil {
		return nil, err
	}
	var endpoint struct{ URL, CaFile string }
	if err := json.Unmarshal(text, &endpoint); err != nil {
		return nil, err
	}
	place, err := url.Parse(endpoint.URL)
	if err != nil {
		return nil, err
	}
	authority, err := os.ReadFile(endpoint.CaFile)
	if err != nil {
		return nil, err
	}
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(authority)
	client := &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: trusted, MinVersion: tls.VersionTLS12},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, net.JoinHostPort("127.0.0.1", place.Port()))
		},
	}}
	return &Azure{azcore.ClientOptions{Transport: client, Cloud: cloud.Configuration{ActiveDirectoryAuthorityHost: endpoint.URL},
		Retry: policy.RetryOptions{MaxRetries: 1}}}, nil
}

// fetch signs in as the class's identity with the token of the pod's account, and reads every object: file name -> content.
func (a *Azure) fetch(ctx context.Context, class *Class, token string) (map[string][]byte, error) {
	credential, err := azidentity.NewClientAssertionCredential(class.tenant, class.client, func(context.Context) (string, error) { return token, nil },
		&azidentity.ClientAssertionCredentialOptions{ClientOptions: a.options, DisableInstanceDiscovery: true})
	if err != nil {
		return nil, err
	}
	vault, err := azsecrets.NewClient("https://"+class.vault+".vault.azure.net", credential, &azsecrets.ClientOptions{ClientOptions: a.options})
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, object := range class.objects {
		answer, err := vault.GetSecret(ctx, object.Name, "", nil)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", object.Name, err)
		}
		files[object.file()] = []byte(*answer.Value)
	}
	return files, nil
}
