namespace Godwit.Client.Tests.Harness;

/// <summary>Waits that end a broken test instead of hanging it. The limit is in real time and never reached by a good test.</summary>
public static class Waiting
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static async Task IsAsync(this MqttClient client, MqttState state)
    {
        while (client.State != state)
        {
            await Task.Yield();
        }
    }

    public static Task Soon(this Task task) => task.WaitAsync(Patience);

    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Patience);

    public static Task<T> Soon<T>(this ValueTask<T> task) => task.AsTask().WaitAsync(Patience);

    public static Task Soon(this ValueTask task) => task.AsTask().WaitAsync(Patience);
}
