package dev.interlock.testing;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/// Programs that not every machine has: a test that needs one is skipped where it is missing, and says so.
public final class DebianProgram {
    private DebianProgram() {}

    /// Where the program is, on the `PATH`; the test is skipped where it is not.
    ///
    /// @param from the package of Debian that has it
    public static Path of(String program, String from) {
        Optional<Path> found = Arrays.stream(
                        System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
        if (found.isEmpty()) {
            Progress.say("SKIPPED: %s is not there, and what needs it is not tested; on Debian: apt-get install %s"
                    .formatted(program, from));
        }
        Assumptions.assumeTrue(found.isPresent(), program + " is not there");
        return found.get();
    }
}
