// test-data-generator makes records up: the same ones for the same seed. It prints them, or hands them to the data tier.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const (
	batch    = 100
	attempts = 5
	most     = 10_000_000
)

// post sends one batch. A refusal is final; an absent or troubled server is asked again, waiting longer each time.
func post(ctx context.Context, client *http.Client, url string, body []byte, wait time.Duration) error {
	var last error
	for attempt := range attempts {
		if attempt > 0 {
			select {
			case <-time.After(wait << attempt):
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
		if err != nil {
			return err
		}
		request.Header.Set("Content-Type", "application/x-ndjson")
		response, err := client.Do(request)
		if err != nil {
			last = err
			continue
		}
		_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<16))
		_ = response.Body.Close()
		if response.StatusCode < 300 {
			return nil
		}
		last = fmt.Errorf("%s answered %s", url, response.Status)
		if response.StatusCode < 500 {
			return last
		}
	}
	return fmt.Errorf("after %d attempts: %w", attempts, last)
}

func run(ctx context.Context, arguments []string, out io.Writer, wait time.Duration) error {
	flags := flag.NewFlagSet("test-data-generator", flag.ContinueOnError)
	flags.SetOutput(out)
	seed := flags.Uint64("seed", 1, "the same seed gives the same records")
	count := flags.Int("records", 100, "how many")
	start := flags.String("start", "2026-01-01T00:00:00Z", "when the made-up time begins")
	url := flags.String("post", "", "where to send them, in batches of 100; without it they are printed")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	from, err := time.Parse(time.RFC3339, *start)
	if err != nil || *count < 1 || *count > most || flags.NArg() > 0 {
		return fmt.Errorf("give --records from 1 to %d and --start like 2026-01-01T00:00:00Z", most)
	}
	generator := newGenerator(*seed, from)
	if *url == "" {
		return generator.write(out, *count)
	}
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{Proxy: nil}}
	for sent := 0; sent < *count; {
		var body bytes.Buffer
		size := min(batch, *count-sent)
		if err := generator.write(&body, size); err != nil {
			return err
		}
		if err := post(ctx, client, *url, body.Bytes(), wait); err != nil {
			return fmt.Errorf("%d of %d records sent: %w", sent, *count, err)
		}
		sent += size
	}
	fmt.Fprintf(out, "%d records of seed %d sent\n", *count, *seed)
	return nil
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, 250*time.Millisecond); err != nil {
		fmt.Fprintln(os.Stderr, "fatal:", err)
		os.Exit(1)
	}
}
