// Goes when the types themselves are merged.
#pragma warning disable
namespace Godwit.Broker.Security
{
    /// <summary>Who a client is.</summary>
    public sealed class Identity
    {
        /// <summary>The principal.</summary>
        public string? UserName { get; init; }
        /// <summary>Groups.</summary>
        public IReadOnlyList<string> Groups { get; init; } = [];
        /// <summary>Where.</summary>
        public System.Net.IPAddress? Address { get; init; }
        /// <summary>The listener's.</summary>
        public object? Listener { get; init; }
        /// <summary>The host's own.</summary>
        public object? Rights { get; init; }
    }
}
