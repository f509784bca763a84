using Godwit.Server.Security.Authentication.Guards;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Security.Authentication;

/// <summary>What all chains of a server have in common.</summary>
/// <param name="Guard">Counts failures.</param>
/// <param name="Room">Where slowed logins wait.</param>
/// <param name="TimeLimit">Of one login, all sources together.</param>
/// <param name="Time">Of the limits.</param>
/// <param name="Logger">For what fails.</param>
internal sealed record ChainShare(FailureGuard Guard, WaitingRoom Room, TimeSpan TimeLimit, TimeProvider Time, ILogger Logger);
