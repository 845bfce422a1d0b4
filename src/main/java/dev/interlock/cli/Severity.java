package dev.interlock.cli;

/// How grave something is that is found in a file. Its word is that of SARIF.
enum Severity {
    ERROR("error"),
    WARNING("warning"),
    NOTE("note");

    private final String word;

    Severity(String word) {
        this.word = word;
    }

    String word() {
        return word;
    }
}
