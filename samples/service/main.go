// service is the small service that the examples deploy: it scores the sentiment of a text, badly but honestly, and stands in
// for every service of the platform: it reads its secrets, talks to its stores and to other services, and fails when told to.
//
//	sample                          serve on :8080
//	sample check URL                exit 0 when the URL answers with 2xx within ten seconds
//	sample connect KIND ADDRESS     exit 0 when a database, redis, events, lake, service or tcp answers there
//	sample migrate --phase expand|contract --step N --lock-timeout T
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// version is set when an image is made.
var version = "development"

const drain = 10 * time.Second

func serve(ctx context.Context, settings Settings, listener net.Listener, out io.Writer) error {
	service := newServer(settings, time.Now)
	server := &http.Server{Handler: service.handler(), ReadHeaderTimeout: 5 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	fmt.Fprintf(out, "sample %s listens on %s\n", version, listener.Addr())
	crash := make(<-chan time.Time)
	if settings.Faults.CrashAfter > 0 {
		crash = time.After(settings.Faults.CrashAfter)
	}
	select {
	case err := <-failed:
		return err
	case <-crash:
		return fmt.Errorf("FAULT_CRASH_AFTER_SECONDS asks for a crash")
	case <-ctx.Done():
	}
	service.stopping.Store(true)
	ending, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	return server.Shutdown(ending)
}

func check(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	return ask(ctx, url)
}

// migrate stands in for a schema change: it needs the database, and does a step that is done already once more without harm.
func migrate(ctx context.Context, settings Settings, arguments []string, out io.Writer) error {
	flags := flag.NewFlagSet("migrate", flag.ContinueOnError)
	flags.SetOutput(out)
	phase := flags.String("phase", "", "expand or contract")
	step := flags.Int("step", 0, "number of the step")
	lock := flags.Duration("lock-timeout", time.Minute, "how long to wait for another migration")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if *phase != "expand" && *phase != "contract" || *step < 1 || flags.NArg() > 0 {
		return fmt.Errorf("give --phase expand or contract, and --step from 1 on")
	}
	switch settings.Faults.Migration {
	case "fail":
		return fmt.Errorf("FAULT_MIGRATION=fail: %s %d changed nothing", *phase, *step)
	case "hang":
		<-ctx.Done()
		return ctx.Err()
	}
	for _, target := range settings.Targets {
		if target.Kind == "database" {
			if err := connect(ctx, target); err != nil {
				return fmt.Errorf("the database: %w", err)
			}
		}
	}
	fmt.Fprintf(out, "%s %d is done (waited at most %s for the lock)\n", *phase, *step, *lock)
	return nil
}

func run(ctx context.Context, arguments []string, out io.Writer) error {
	settings, err := environment()
	if err != nil {
		return err
	}
	if len(arguments) == 0 {
		if settings.Faults.Crash {
			return fmt.Errorf("CRASH=1 asks for a crash at start")
		}
		listener, err := net.Listen("tcp", settings.Address)
		if err != nil {
			return err
		}
		if settings.Faults.IgnoreTerm {
			ctx = context.WithoutCancel(ctx)
		}
		return serve(ctx, settings, listener, out)
	}
	switch {
	case arguments[0] == "check" && len(arguments) == 2:
		return check(ctx, arguments[1])
	case arguments[0] == "connect" && len(arguments) == 3:
		return connect(ctx, Target{"asked", arguments[1], arguments[2]})
	case arguments[0] == "migrate":
		return migrate(ctx, settings, arguments[1:], out)
	}
	return fmt.Errorf("usage: sample [check URL | connect KIND ADDRESS | migrate --phase PHASE --step N]")
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil && err != http.ErrServerClosed {
		fmt.Fprintln(os.Stderr, "fatal:", err)
		os.Exit(3)
	}
}
