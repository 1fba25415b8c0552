//! Clusters, with an Ansible that only pretends: real processes, real events, no hosts.

mod ansible;
mod doctor;
mod down;
mod ending;
mod up;
mod verbs;
