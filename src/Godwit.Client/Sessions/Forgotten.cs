namespace Godwit.Client.Sessions;

/// <summary>Tasks that nobody waits for, or nobody any more.</summary>
internal static class Forgotten
{
    /// <summary>
    /// Looks at the exception when there is one. A task whose exception nobody has seen is reported to
    /// <see cref="TaskScheduler.UnobservedTaskException"/> when it is collected, and some programs end then.
    /// </summary>
    public static void Forget(this Task task) => _ = task.ContinueWith(
        static failed => _ = failed.Exception,
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);
}
