namespace Godwit.Broker.Shards;

/// <summary>
/// Slows clients down that send or take more than they may. Told of each piece of input and of output, never of single messages; any shard's thread. What
/// it keeps of a connection stands in <see cref="Connection.ThrottleState"/>.
/// </summary>
public interface IThrottle
{
    /// <summary>Input of a connection has been handled.</summary>
    /// <param name="connection">Open.</param>
    /// <param name="publishes">PUBLISH packets in it.</param>
    /// <param name="bytes">Its size.</param>
    /// <param name="nowMs">The time of the turn, milliseconds.</param>
    /// <returns>When the connection may be read again; a time that has passed: at once.</returns>
    long AfterInput(Connection connection, int publishes, int bytes, long nowMs);

    /// <summary>Output of a connection has been handed to its transport.</summary>
    /// <param name="connection">Open.</param>
    /// <param name="bytes">How much.</param>
    /// <param name="nowMs">The time of the turn, milliseconds.</param>
    /// <returns>
    /// When more may be sent to it; a time that has passed: at once. Until then QoS 1 and 2 wait in its queue, and what fills its buffer counts as for a
    /// client that reads slowly.
    /// </returns>
    long AfterOutput(Connection connection, int bytes, long nowMs);
}
