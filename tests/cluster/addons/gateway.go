package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// Front is a gateway's pod: the settings that it holds at the moment.
type Front struct {
	routes      atomic.Pointer[[]Route]
	certificate atomic.Pointer[tls.Certificate]
	proxy       *httputil.ReverseProxy
}

type backendKey struct{}

// runGateway serves HTTPS on 443 by the settings at URL, and on 8080 says whether it has any.
func runGateway(ctx context.Context, arguments []string) error {
	front := &Front{proxy: &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: r.In.Context().Value(backendKey{}).(string)})
			r.Out.Host = r.In.Host
			r.SetXForwarded()
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			http.Error(w, err.Error(), http.StatusBadGateway)
		},
		// A connection that a pod on its way out has closed must not meet the next request.
		Transport: &http.Transport{DisableKeepAlives: true},
	}}
	server := &http.Server{Addr: ":443", Handler: front, ReadHeaderTimeout: 5 * time.Second, TLSConfig: &tls.Config{MinVersion: tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			if found := front.certificate.Load(); found != nil {
				return found, nil
			}
			return nil, fmt.Errorf("there is no certificate yet")
		}}}
	failed := make(chan error, 2)
	go func() { failed <- server.ListenAndServeTLS("", "") }()
	go func() {
		failed <- http.ListenAndServe(":8080", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if front.routes.Load() == nil {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
		}))
	}()
	ticker := time.NewTicker(500 * time.Millisecond)
	var before []byte
	for {
		if text, err := read(ctx, arguments[0]); err != nil {
			fmt.Println(err)
		} else if !bytes.Equal(text, before) {
			before = text
			if err := front.take(text); err != nil {
				fmt.Println(err)
			}
		}
		select {
		case err := <-failed:
			return err
		case <-ctx.Done():
			ending, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			return server.Shutdown(ending)
		case <-ticker.C:
		}
	}
}

func read(ctx context.Context, at string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answered %s", at, answer.Status)
	}
	return io.ReadAll(io.LimitReader(answer.Body, 4<<20))
}

func (f *Front) take(text []byte) error {
	var settings Settings
	if err := json.Unmarshal(text, &settings); err != nil {
		return err
	}
	f.routes.Store(&settings.Routes)
	if len(settings.Certificate) == 0 {
		return nil
	}
	pair, err := tls.X509KeyPair(settings.Certificate, settings.Key)
	if err != nil {
		return err
	}
	f.certificate.Store(&pair)
	return nil
}

func (f *Front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	routes := f.routes.Load()
	if routes != nil {
		for _, route := range *routes {
			if (route.Host == "" || route.Host == r.Host) && under(r.URL.Path, route.Prefix) {
				f.forward(w, r, route)
				return
			}
		}
	}
	http.NotFound(w, r)
}

// under: by whole elements of the path (PathMatchPathPrefix of the Gateway API).
func under(path, prefix string) bool {
	prefix = strings.TrimSuffix(prefix, "/")
	return path == prefix || strings.HasPrefix(path, prefix+"/")
}

func (f *Front) forward(w http.ResponseWriter, r *http.Request, route Route) {
	total := 0
	for _, backend := range route.Backends {
		total += backend.Weight
	}
	if total == 0 {
		http.Error(w, "no backend has a weight", http.StatusServiceUnavailable)
		return
	}
	ctx, drawn := r.Context(), rand.IntN(total)
	if route.Timeout > 0 {
		limited, cancel := context.WithTimeout(ctx, route.Timeout)
		defer cancel()
		ctx = limited
	}
	for _, backend := range route.Backends {
		if drawn -= backend.Weight; drawn < 0 {
			f.proxy.ServeHTTP(w, r.WithContext(context.WithValue(ctx, backendKey{}, backend.Address)))
			return
		}
	}
}
