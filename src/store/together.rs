//! Who waits together is served together: by one commit, or by one run of a statement.

use tokio::sync::mpsc::Receiver;

/// Waits for somebody, and takes everybody who is there then, at most so many. False when nobody will come any more.
///
/// No timer: they gather while those before them are served, so a lonely one waits for nothing. But whoever is ready to come does so first, for
/// the thread that serves them may take the processor from everybody else as soon as it is woken.
pub(super) async fn gather<T>(from: &mut Receiver<T>, waiting: &mut Vec<T>, most: usize) -> bool {
    if from.recv_many(waiting, most).await == 0 {
        return false;
    }
    let mut before = 0;
    while before < waiting.len() && waiting.len() < most {
        before = waiting.len();
        tokio::task::yield_now().await;
        while let Some(one) = (waiting.len() < most).then(|| from.try_recv().ok()).flatten() {
            waiting.push(one);
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_is_ready_comes_along_and_a_lonely_one_does_not_wait() {
        let (sender, mut receiver) = tokio::sync::mpsc::channel(10);
        sender.try_send(0).expect("room");
        for n in 1..=5 {
            // The later ones become ready only when the earlier ones have come.
            let (sender, turns) = (sender.clone(), n / 2);
            tokio::spawn(async move {
                for _ in 0..turns {
                    tokio::task::yield_now().await;
                }
                sender.try_send(n).expect("room");
            });
        }
        let mut all = Vec::new();
        assert!(gather(&mut receiver, &mut all, 5).await);
        all.sort_unstable();
        assert_eq!(all.len(), 5, "no more than were asked for: {all:?}");
        let mut last = Vec::new();
        assert!(gather(&mut receiver, &mut last, 5).await);
        assert_eq!(last.len(), 1);
        drop(sender);
        assert!(!gather(&mut receiver, &mut last, 5).await, "nobody will come any more");
    }
}
