${file("./../../../../../etc/hostname")}
