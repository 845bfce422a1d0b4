@NullMarked
package dev.interlock.workload;

import org.jspecify.annotations.NullMarked;
