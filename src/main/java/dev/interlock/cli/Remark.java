package dev.interlock.cli;

/// Something that is found at a line of a file, for the tools that show it there.
///
/// @param line    from 1
/// @param rule    stable name of what is found, for example `production/pinned/DigestMissing`
/// @param title   a few words
/// @param message what it is about, what is wrong, and how to mend it
record Remark(String file, int line, Severity severity, String rule, String title, String message) {}
