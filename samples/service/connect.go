package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// Target is something that the service talks to. Kind says how to tell that it is really there and no other thing answers.
type Target struct {
	Name    string
	Kind    string // database, redis, events, lake, checkpoints, service, tcp
	Address string // host:port, or a URL for kind service
}

const patience = 3 * time.Second

// readTargets takes *_HOST and *_PORT of the stores, and SERVICES, a list of name=URL.
func readTargets(getenv func(string) string) ([]Target, error) {
	var targets []Target
	stores := []struct{ kind, name, port string }{{"database", "DATABASE", "5432"}, {"redis", "REDIS", "10000"}, {"events", "EVENTS", "5671"}, {"lake", "LAKE", "443"}, {"checkpoints", "CHECKPOINTS", "443"}}
	for _, store := range stores {
		host, port := getenv(store.name+"_HOST"), getenv(store.name+"_PORT")
		if host == "" {
			continue
		}
		if port == "" {
			port = store.port
		}
		targets = append(targets, Target{store.kind, store.kind, net.JoinHostPort(host, port)})
	}
	for _, entry := range strings.Fields(getenv("SERVICES")) {
		name, url, ok := strings.Cut(entry, "=")
		if !ok || !strings.HasPrefix(url, "http://") && !strings.HasPrefix(url, "https://") {
			return targets, fmt.Errorf("SERVICES: %q is no name=URL", entry)
		}
		targets = append(targets, Target{name, "service", url})
	}
	return targets, nil
}

// connect opens a real connection and speaks the first words of the target's protocol; nil when the right thing answered.
func connect(ctx context.Context, target Target) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if target.Kind == "service" {
		return ask(ctx, strings.TrimSuffix(target.Address, "/")+"/healthz")
	}
	connection, err := (&net.Dialer{}).DialContext(ctx, "tcp", target.Address)
	if err != nil {
		return err
	}
	defer connection.Close()
	deadline, _ := ctx.Deadline()
	if err := connection.SetDeadline(deadline); err != nil {
		return err
	}
	switch target.Kind {
	case "database":
		return greetPostgres(connection)
	case "redis", "events", "lake", "checkpoints":
		secure, err := handshake(ctx, connection, target.Address)
		if err != nil || target.Kind != "redis" {
			return err
		}
		return greetRedis(secure)
	case "tcp":
		return nil
	}
	return fmt.Errorf("unknown kind %q", target.Kind)
}

// handshake proves that TLS is spoken and that the certificate bears the name. Signing in is the service's own matter.
func handshake(ctx context.Context, connection net.Conn, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	secure := tls.Client(connection, &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12})
	return secure, secure.HandshakeContext(ctx)
}

// greetPostgres sends an SSLRequest, to which every PostgreSQL answers with one letter (protocol 3.0, "SSL Session Encryption").
func greetPostgres(connection io.ReadWriter) error {
	if _, err := connection.Write([]byte{0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f}); err != nil {
		return err
	}
	var answer [1]byte
	if _, err := io.ReadFull(connection, answer[:]); err != nil {
		return err
	}
	if answer[0] != 'S' && answer[0] != 'N' {
		return fmt.Errorf("answered %q: no PostgreSQL", answer[0])
	}
	return nil
}

// greetRedis sends PING. Without having signed in the answer is an error of Redis, which proves it as well.
func greetRedis(connection io.ReadWriter) error {
	if _, err := io.WriteString(connection, "PING\r\n"); err != nil {
		return err
	}
	line, err := bufio.NewReader(io.LimitReader(connection, 512)).ReadString('\n')
	if err != nil {
		return err
	}
	if !strings.HasPrefix(line, "+PONG") && !strings.HasPrefix(line, "-NOAUTH") {
		return fmt.Errorf("answered %q: no Redis", line)
	}
	return nil
}

// ask fetches a URL; only an answer from 200 to 299 is good.
func ask(ctx context.Context, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	// Inside the cluster everything is near: a proxy of the environment has no say.
	client := &http.Client{Transport: &http.Transport{Proxy: nil, DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return errors.New("answered " + response.Status)
	}
	return nil
}
