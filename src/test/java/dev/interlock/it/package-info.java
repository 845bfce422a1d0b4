/// The behaviours that need a real API server: everything here talks to one, through kubectl, a client or raw HTTP.
@NullMarked
package dev.interlock.it;

import org.jspecify.annotations.NullMarked;
