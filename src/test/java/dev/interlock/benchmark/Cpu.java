package dev.interlock.benchmark;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.stream.IntStream;

/// What processes take of this machine, and how fast it is just now.
final class Cpu {
    private static final int HASHES = 20_000;
    private static final byte[] HASHED = "calibration".repeat(6).getBytes(StandardCharsets.UTF_8);

    private Cpu() {}

    /// CPU time that a process has had so far, in nanoseconds, in the system's steps: ten milliseconds on Linux.
    static long nanos(long process) {
        return ProcessHandle.of(process)
                .flatMap(running -> running.info().totalCpuDuration())
                .orElseThrow()
                .toNanos();
    }

    /// A fixed piece of work on every core at once; the slowest core's time in nanoseconds. Two measurements can be
    /// compared where this is alike: the host of a virtual machine changes its speed.
    static long calibration() {
        return IntStream.range(0, Runtime.getRuntime().availableProcessors())
                .parallel()
                .mapToLong(_ -> hashes())
                .max()
                .orElseThrow();
    }

    private static long hashes() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            long start = System.nanoTime();
            for (int i = 0; i < HASHES; i++) {
                digest.update(digest.digest(HASHED));
            }
            return System.nanoTime() - start;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
