// sample is the small service that the examples deploy: it scores the sentiment of a text, badly but honestly.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// version is set when an image is made.
var version = "development"

var words = map[string]int{"beat": 1, "gain": 1, "growth": 1, "record": 1, "rise": 1, "upgrade": 1,
	"cut": -1, "default": -1, "fall": -1, "loss": -1, "miss": -1, "warning": -1}

// score is the mean of the known words, between -1 and 1; 0 when none is known.
func score(text string) float64 {
	sum, known := 0, 0
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r < 'a' || r > 'z' }) {
		if value, ok := words[word]; ok {
			sum += value
			known++
		}
	}
	if known == 0 {
		return 0
	}
	return float64(sum) / float64(known)
}

func handler(readyAt time.Time) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if time.Now().Before(readyAt) {
			http.Error(w, "starting", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ready")
	})
	mux.HandleFunc("GET /version", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, version) })
	mux.HandleFunc("GET /v1/score", func(w http.ResponseWriter, r *http.Request) {
		text := r.URL.Query().Get("text")
		if text == "" {
			http.Error(w, "the parameter text is missing", http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"text": text, "score": score(text)})
	})
	return mux
}

func main() {
	if os.Getenv("CRASH") == "1" {
		fmt.Fprintln(os.Stderr, "fatal: CRASH=1 asks for a crash at start")
		os.Exit(3)
	}
	delay, _ := strconv.Atoi(os.Getenv("READY_AFTER_SECONDS"))
	server := &http.Server{Addr: ":8080", Handler: handler(time.Now().Add(time.Duration(delay) * time.Second)),
		ReadHeaderTimeout: 5 * time.Second}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	go func() {
		<-ctx.Done()
		drain, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = server.Shutdown(drain)
	}()
	fmt.Printf("sample %s listens on %s\n", version, server.Addr)
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		fmt.Fprintln(os.Stderr, "fatal:", err)
		os.Exit(1)
	}
}
