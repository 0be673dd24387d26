package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func from(pairs map[string]string) func(string) string {
	return func(name string) string { return pairs[name] }
}

func serverOf(t *testing.T, pairs map[string]string) *Server {
	t.Helper()
	settings, err := readSettings(from(pairs))
	if err != nil {
		t.Fatal(err)
	}
	return newServer(settings, time.Now)
}

func get(t *testing.T, s *Server, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	s.handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

func TestScore(t *testing.T) {
	for text, want := range map[string]float64{"": 0, "record growth": 1, "Loss, then gain.": 0, "profit warning": -1, "unknown": 0} {
		if got := score(text); got != want {
			t.Errorf("score(%q) = %v, want %v", text, got, want)
		}
	}
}

func TestScoreNeedsText(t *testing.T) {
	s := serverOf(t, nil)
	if code := get(t, s, "/v1/score").Code; code != http.StatusBadRequest {
		t.Errorf("without text: %d", code)
	}
	if body := get(t, s, "/v1/score?text=gain").Body.String(); !strings.Contains(body, `"score":1`) {
		t.Errorf("body: %s", body)
	}
}

func TestReadyOnlyAfterItsDelayAndNeverWhileStopping(t *testing.T) {
	now := time.Unix(1000, 0)
	s := newServer(Settings{ReadyAfter: time.Minute}, func() time.Time { return now })
	for _, at := range []struct {
		after time.Duration
		want  int
	}{{0, 503}, {59 * time.Second, 503}, {time.Minute, 200}} {
		now = time.Unix(1000, 0).Add(at.after)
		if code := get(t, s, "/readyz").Code; code != at.want {
			t.Errorf("after %s: %d, want %d", at.after, code, at.want)
		}
	}
	s.stopping.Store(true)
	if code := get(t, s, "/readyz").Code; code != 503 {
		t.Errorf("while stopping: %d", code)
	}
	if code := get(t, s, "/healthz").Code; code != 200 {
		t.Errorf("alive while stopping: %d", code)
	}
}

func TestFaultUnready(t *testing.T) {
	if code := get(t, serverOf(t, map[string]string{"FAULT_UNREADY": "1"}), "/readyz").Code; code != 503 {
		t.Errorf("%d", code)
	}
}

func TestFaultErrorsAreAsManyAsAsked(t *testing.T) {
	for percent, want := range map[string]int{"": 0, "0": 0, "7": 7, "50": 50, "100": 100} {
		s, failed := serverOf(t, map[string]string{"FAULT_ERROR_PERCENT": percent}), 0
		for range 100 {
			if get(t, s, "/v1/score?text=gain").Code == 500 {
				failed++
			}
		}
		if failed != want {
			t.Errorf("%s%%: %d of 100 failed", percent, failed)
		}
		if code := get(t, s, "/healthz").Code; code != 200 {
			t.Errorf("health has no faults: %d", code)
		}
	}
}

func TestSettingsOutOfRangeAreRefused(t *testing.T) {
	for name, value := range map[string]string{"FAULT_ERROR_PERCENT": "101", "READY_AFTER_SECONDS": "soon", "FAULT_DELAY_MS": "-1", "SERVICES": "auth"} {
		if _, err := readSettings(from(map[string]string{name: value})); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s=%s: %v", name, value, err)
		}
	}
}

func TestSecretsAreCountedAndNeverShown(t *testing.T) {
	folder := t.TempDir()
	write := func(text string) {
		if err := os.WriteFile(filepath.Join(folder, "signing-key"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(folder, "..2026"), 0o700); err != nil { // as the CSI driver does
		t.Fatal(err)
	}
	s := serverOf(t, map[string]string{"SECRETS_PATH": folder})
	write("hunter2")
	first, again := get(t, s, "/v1/secrets").Body.String(), get(t, s, "/v1/secrets").Body.String()
	write("hunter3")
	rotated := get(t, s, "/v1/secrets").Body.String()
	if first != again || first == rotated || strings.Contains(first+rotated, "hunter") || !strings.Contains(first, `"bytes":7`) {
		t.Errorf("%s %s", first, rotated)
	}
	if strings.Contains(first, "..2026") {
		t.Errorf("the driver's own entry is listed: %s", first)
	}
	if body := get(t, serverOf(t, map[string]string{"SECRETS_PATH": folder + "/absent"}), "/v1/secrets").Body.String(); strings.TrimSpace(body) != "[]" {
		t.Errorf("without a folder: %s", body)
	}
}

func TestRecordsAreTakenWholeOrNotAtAll(t *testing.T) {
	s := serverOf(t, nil)
	post := func(body string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		s.handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/v1/records", strings.NewReader(body)))
		return w
	}
	if w := post("{\"a\":1}\n{\"a\":2}\n"); w.Code != 202 || !strings.Contains(w.Body.String(), `"total":2`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := post("{\"a\":1}\nnot json\n"); w.Code != 400 {
		t.Errorf("%d", w.Code)
	}
	if w := post(strings.Repeat("1\n", bodyLimit)); w.Code != 413 {
		t.Errorf("%d", w.Code)
	}
	if body := get(t, s, "/metrics").Body.String(); !strings.Contains(body, "sample_records_total 2\n") {
		t.Errorf("%s", body)
	}
}

// peer accepts one connection and answers what it is told to after the first bytes.
func peer(t *testing.T, reply string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		defer connection.Close()
		_, _ = connection.Read(make([]byte, 64))
		_, _ = io.WriteString(connection, reply)
	}()
	return listener.Addr().String()
}

func TestPostgresIsKnownByItsAnswer(t *testing.T) {
	for reply, good := range map[string]bool{"S": true, "N": true, "HTTP/1.1 400": false, "": false} {
		err := connect(context.Background(), Target{"database", "database", peer(t, reply)})
		if (err == nil) != good {
			t.Errorf("%q: %v", reply, err)
		}
	}
}

func TestRedisIsKnownByItsAnswer(t *testing.T) {
	for reply, good := range map[string]bool{"+PONG\r\n": true, "-NOAUTH Authentication required.\r\n": true, "-ERR unknown\r\n": false, "": false} {
		connection, err := net.Dial("tcp", peer(t, reply))
		if err != nil {
			t.Fatal(err)
		}
		if err := greetRedis(connection); (err == nil) != good {
			t.Errorf("%q: %v", reply, err)
		}
		_ = connection.Close()
	}
}

func TestAStoreWithoutTLSOrWithAStrangersCertificateIsRefused(t *testing.T) {
	stranger := httptest.NewTLSServer(nil)
	defer stranger.Close()
	for _, kind := range []string{"redis", "events", "lake"} {
		if err := connect(context.Background(), Target{kind, kind, peer(t, "+PONG\r\n")}); err == nil {
			t.Errorf("%s without TLS was taken", kind)
		}
		if err := connect(context.Background(), Target{kind, kind, stranger.Listener.Addr().String()}); err == nil || !strings.Contains(err.Error(), "certificate") {
			t.Errorf("%s of a stranger: %v", kind, err)
		}
	}
}

func TestConnectionsTellWhichOneFails(t *testing.T) {
	good := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/healthz" {
			w.WriteHeader(404)
		}
	}))
	defer good.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := closed.Addr().String()
	_ = closed.Close()
	w := get(t, serverOf(t, map[string]string{"SERVICES": "auth=" + good.URL}), "/v1/connections")
	if w.Code != 200 || !strings.Contains(w.Body.String(), `"ok":true`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	host, port, _ := net.SplitHostPort(address)
	w = get(t, serverOf(t, map[string]string{"SERVICES": "auth=" + good.URL, "DATABASE_HOST": host, "DATABASE_PORT": port}), "/v1/connections")
	if w.Code != 502 || !strings.Contains(w.Body.String(), `"name":"database","kind":"database","ok":false`) || !strings.Contains(w.Body.String(), `"name":"auth","kind":"service","ok":true`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestMigrateNeedsItsDatabaseAndItsStep(t *testing.T) {
	database := Settings{Targets: []Target{{"database", "database", peer(t, "S")}}}
	if err := migrate(context.Background(), database, []string{"--phase", "expand", "--step", "2", "--lock-timeout", "60s"}, io.Discard); err != nil {
		t.Error(err)
	}
	absent := Settings{Targets: []Target{{"database", "database", peer(t, "no")}}}
	for name, settings := range map[string]Settings{"another thing than a database": absent, "a fault": {Faults: Faults{Migration: "fail"}}} {
		if err := migrate(context.Background(), settings, []string{"--phase", "expand", "--step", "2"}, io.Discard); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	for _, arguments := range [][]string{{}, {"--phase", "both", "--step", "1"}, {"--phase", "expand", "--step", "0"}, {"--phase", "expand", "--step", "1", "more"}} {
		if err := migrate(context.Background(), Settings{}, arguments, io.Discard); err == nil {
			t.Errorf("%v was taken", arguments)
		}
	}
}

func TestServeDrainsAndEnds(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- serve(ctx, Settings{Faults: Faults{Delay: 200 * time.Millisecond}}, listener, io.Discard)
	}()
	url := "http://" + listener.Addr().String()
	if err := check(context.Background(), url+"/readyz"); err != nil {
		t.Fatal(err)
	}
	asked := make(chan error, 1)
	go func() { asked <- check(context.Background(), url+"/v1/score?text=gain") }()
	for underWay := false; !underWay; {
		response, err := http.Get(url + "/metrics")
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(response.Body)
		_ = response.Body.Close()
		underWay = strings.Contains(string(text), "sample_requests_total 1\n")
	}
	cancel()
	if err := <-asked; err != nil {
		t.Errorf("a request under way was dropped: %v", err)
	}
	if err := <-ended; err != nil {
		t.Errorf("the end: %v", err)
	}
}
