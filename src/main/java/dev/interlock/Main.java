package dev.interlock;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.io.PrintStream;
import java.util.List;

/// The one entry point: starts the process that the first argument names.
@QuarkusMain
public final class Main {
    private static final String USAGE = """
            usage: interlock run

              run    the webhook and the operator, in one process

            It is set up by environment variables; docs/operations.md lists them.
            """;

    private Main() {}

    public static void main(String... arguments) {
        List<String> words = List.of(arguments);
        if (words.equals(List.of("run"))) {
            Quarkus.run(arguments);
        } else if (words.contains("--help") || words.contains("-h") || words.equals(List.of("help"))) {
            print(System.out, USAGE);
        } else {
            String what = words.isEmpty() ? "say what to do" : "`%s` is no command".formatted(String.join(" ", words));
            print(System.err, "interlock: %s\n\n%s".formatted(what, USAGE));
            System.exit(2);
        }
    }

    private static void print(PrintStream stream, String text) {
        stream.print(text);
        stream.flush();
    }
}
