package dev.interlock;

/// Settings with which nothing can start. The message says which, and what to set instead.
final class SettingsUnusable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SettingsUnusable(String message) {
        super(message);
    }
}
